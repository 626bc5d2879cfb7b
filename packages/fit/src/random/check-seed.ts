import { isCount, KeepfitError, shown } from '@keepfit/callbacks';

/** Returns the seed if it is one: an integer from 0 to 2^53 - 1. */
export function checkSeed(seed: number): number {
  if (isCount(seed)) return seed;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `seed must be an integer from 0 to 2^53 - 1, not ${shown(seed)}`,
  );
}
