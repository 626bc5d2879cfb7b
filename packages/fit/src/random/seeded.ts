import { KeepfitError } from '@keepfit/callbacks';
import { formatValue, isCount } from '@keepfit/callbacks/internal';
import { createRandomStream } from './random-stream.js';
import { withRandom } from './with-random.js';

/**
 * Runs `build` so that all its randomness repeats: `const model = seeded(7, () => buildModel())` gives the same initial weights each time,
 * in every process. `build` must be synchronous.
 *
 * A backup does not need it: `BackupAndRestore` saves the initial weights too.
 */
export function seeded<T>(seed: number, build: () => T): T {
  return withRandom(createRandomStream(checkSeed(seed), 'build', 0), build);
}

/** Returns the seed if it is one: an integer from 0 to 2^53 - 1. */
function checkSeed(seed: number): number {
  if (isCount(seed)) return seed;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `seed must be an integer from 0 to 2^53 - 1, not ${formatValue(seed)}`,
  );
}
