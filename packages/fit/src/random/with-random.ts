import { KeepfitError } from '@keepfit/callbacks';
import type { RandomStream } from './random-stream.js';

/**
 * Runs a synchronous function while `Math.random` draws from `random`, and restores the original even after
 * an error.
 *
 * Every random op of tfjs 4.22 without a seed draws one `Math.random()` to seed its generator. So dropout,
 * noise and initializers repeat, and the model needs no change.
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
