import { KeepfitError } from '@keepfit/callbacks';
import { isCount, formatValue } from '@keepfit/callbacks/internal';

/** Returns the seed if it is one: an integer from 0 to 2^53 - 1. */
export function checkSeed(seed: number): number {
  if (isCount(seed)) return seed;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `seed must be an integer from 0 to 2^53 - 1, not ${formatValue(seed)}`,
  );
}
