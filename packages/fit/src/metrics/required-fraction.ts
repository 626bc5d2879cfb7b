import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import { optionRules } from '../losses/option-rules.js';

/** The value of an option that has no default, if it is a number from 0 to 1. */
export function requiredFraction(owner: string, option: string, value: unknown): number {
  if (typeof value === 'number' && optionRules.fraction[0](value)) return value;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} of ${owner} must be a number from 0 to 1, not ${formatValue(value)}`,
  );
}
