import { checkSeed } from './check-seed.js';
import { randomStream } from './random-stream.js';
import { withRandom } from './with-random.js';

/**
 * Runs `build` so that all its randomness repeats: `const model = seeded(7, () => buildModel())` gives the same initial weights each time,
 * in every process. `build` must be synchronous.
 *
 * A backup does not need it: `BackupAndRestore` saves the initial weights too.
 */
export function seeded<T>(seed: number, build: () => T): T {
  return withRandom(randomStream(checkSeed(seed), 'build', 0), build);
}
