/** For the sister packages only. Anything here may change in any release. */
export { checkOptions, isBoolean, isCount, isPositiveInteger } from './checks/check-options.js';
export { formatValue } from './checks/format-value.js';

export type { OwnedState } from './callbacks/callback-list.js';
export type { OptionRule, OptionRules } from './checks/check-options.js';
