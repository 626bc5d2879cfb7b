import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions, type OptionRules } from '@keepfit/callbacks/internal';
import type { NamedSchedule, ScheduleOption } from '../contract/schedule.js';

/**
 * Makes a schedule of its checked options and its formula, which computes in float32 as Keras does.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown, invalid, or missing.
 */
export function createSchedule<Options extends object>(
  className: string,
  options: Options,
  rules: OptionRules<Options>,
  required: readonly (keyof Options & string)[],
  formula: (step: number) => number,
): NamedSchedule {
  checkOptions(className, options, rules);
  const missing = required.filter((name) => options[name] === undefined);
  if (missing.length > 0)
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', `${className} needs ${missing.join(' and ')}`);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const config = structuredClone(Object.fromEntries(given)) as Record<string, ScheduleOption>;
  return Object.assign((step: number) => formula(Math.fround(step)), { className, config });
}

/** The cosine of a multiple of pi, in float32. */
export function cosineOfPi(multiple: number): number {
  return Math.fround(Math.cos(Math.fround(Math.fround(Math.PI) * multiple)));
}
