import {
  checkOptions,
  isBoolean,
  isPositiveInteger,
  refuseOption,
  type OptionRule,
} from './check-options.js';

const isFinite = (value: unknown): value is number => Number.isFinite(value);

export const FINITE: OptionRule = [isFinite, 'a finite number'];
export const FROM_0: OptionRule = [(value) => isFinite(value) && value >= 0, 'a finite number of at least 0'];
export const ABOVE_0: OptionRule = [(value) => isFinite(value) && value > 0, 'a finite number above 0'];
export const FRACTION: OptionRule = [
  (value) => FROM_0[0](value) && Number(value) <= 1,
  'a number from 0 to 1',
];
export const POSITIVE_FRACTION: OptionRule = [
  (value) => FRACTION[0](value) && value !== 0,
  'a number above 0, up to 1',
];
export const POSITIVE_INTEGER: OptionRule = [isPositiveInteger, 'a positive integer'];
export const FLAG: OptionRule = [isBoolean, 'true or false'];
export const PATTERNS: OptionRule = [
  (value) => Array.isArray(value) && value.every(isPattern),
  "an array of regular expressions as texts, such as ['bias']",
];
const UP_TO_0: OptionRule = [(value) => isFinite(value) && value <= 0, 'a finite number of at most 0'];

/**
 * Checks options, and completes them with their defaults. A default that is a number or a flag is the rule for
 * its option, unless `rules` has another one: a number must have the sign of its default. Only one of the options
 * in `rivals` may be given. 0 or an empty list for an option without a default is as if it was not given.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function completeOptions<Settings extends object>(
  owner: string,
  options: object,
  defaults: Settings,
  rules: Readonly<Record<string, OptionRule>>,
  rivals: readonly string[],
): Settings {
  const ofDefaults = Object.entries(defaults).map(([name, value]) => [
    name,
    typeof value === 'boolean' ? FLAG : Number(value) < 0 ? UP_TO_0 : FROM_0,
  ]);
  checkOptions(owner, options, { ...Object.fromEntries(ofDefaults), ...rules });
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const both = rivals.filter((name) => name in given);
  if (both.length > 1) refuseOption(`${owner} takes only one of ${both.join(' and ')}`);
  const needed = Object.entries(given).filter(
    ([name, value]) => name in defaults || (value !== 0 && String(value) !== ''),
  );
  return { ...defaults, ...Object.fromEntries(needed) };
}

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && value !== '' && new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
}
