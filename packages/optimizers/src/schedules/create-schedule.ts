import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions, type OptionRules } from '@keepfit/callbacks/internal';
import type { NamedSchedule, ScheduleOption } from '../contract/schedule.js';

/**
 * Makes a schedule of its checked options and its formula, which computes in float32 as Keras does.
 *
 * @param defaults of the options that need not be given
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown, invalid, or missing.
 */
export function createSchedule<Options extends object, Defaults extends Partial<Options>>(
  className: string,
  options: Options,
  rules: OptionRules<Options>,
  defaults: Defaults,
  formula: (step: number, options: Options & Defaults) => number,
): NamedSchedule {
  checkOptions(className, options, rules);
  const missing = (Object.keys(rules) as (keyof Options & string)[]).filter(
    (name) => options[name] === undefined && !(name in defaults),
  );
  if (missing.length > 0)
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', `${className} needs ${missing.join(' and ')}`);
  // An option at its default is as if it was not given: a training can be resumed with either.
  const config = structuredClone(
    Object.fromEntries(
      Object.entries(options).filter(
        ([name, value]) => value !== undefined && value !== (defaults as Record<string, unknown>)[name],
      ),
    ),
  ) as Record<string, ScheduleOption>;
  const all = { ...defaults, ...config } as Options & Defaults;
  return Object.assign((step: number) => formula(Math.fround(step), all), { className, config });
}

/** The cosine of a multiple of pi, in float32. */
export function cosineOfPi(multiple: number): number {
  return Math.fround(Math.cos(Math.fround(Math.fround(Math.PI) * multiple)));
}
