import { KeepfitError } from '../contract/keepfit-error.js';
import { formatValue } from './format-value.js';

/** For each option, the test that a given value must pass and the words for what would do. */
export type OptionRules<Options> = { readonly [Name in keyof Required<Options>]: OptionRule };
export type OptionRule = readonly [isValid: (value: unknown) => boolean, wanted: string];

/**
 * Checks options at the door: throws KEEPFIT_INVALID_OPTION for the first unknown or unfit one, naming the option, what came and
 * what would do. An option left out, or undefined, passes. `owner` is for the message: `fit`, `BackupAndRestore`.
 */
export function checkOptions<Options extends object>(
  owner: string,
  options: Options,
  rules: OptionRules<Options>,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `the options of ${owner} must be an object, not ${formatValue(options)}`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name as keyof Options] : undefined;
    if (rule === undefined) {
      const known = Object.keys(rules).join(', ');
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        `${owner} has no option ${JSON.stringify(name)}; it has ${known}`,
      );
    }
    const [isValid, wanted] = rule;
    if (value !== undefined && !isValid(value)) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        `${name} of ${owner} must be ${wanted}, not ${formatValue(value)}`,
      );
    }
  }
}

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
export const isPositiveInteger = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0;
export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
