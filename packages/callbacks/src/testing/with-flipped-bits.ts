import type { DamagedCopy } from './damaged-copy.js';

/** Copies of a checkpoint with one flipped bit each: a sample of this many that repeats with the seed. */
export function withFlippedBits(checkpoint: Uint8Array, count: number, seed: number): DamagedCopy[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    // A linear congruential generator (Numerical Recipes), whose high bits choose.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const bit = Math.floor((state / 2 ** 32) * checkpoint.length * 8);
    const bytes = checkpoint.slice();
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return { what: `with bit ${bit & 7} of byte ${bit >> 3} flipped`, bytes };
  });
}
