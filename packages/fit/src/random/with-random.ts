import { KeepfitError } from '@keepfit/callbacks';
import type { RandomStream } from './random-stream.js';

/**
 * Runs a synchronous function with `Math.random` drawing from `random`, and puts the old one back, whatever happens.
 *
 * Every random op of tfjs without a seed draws one `Math.random()` as the seed of its own generator (facts of tfjs 4.22),
 * so this makes dropout, noise and initializers repeat without touching the model.
 */
export function withRandom<T>(random: RandomStream, run: () => T): T {
  const original = Math.random;
  Math.random = random.next;
  try {
    const result = run();
    if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        'the function given to seeded must be synchronous, and it returned a promise; load data before, and build the model inside',
      );
    }
    return result;
  } finally {
    Math.random = original;
  }
}
