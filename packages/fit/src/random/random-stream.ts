import { philox } from './philox.js';

/** The purpose of a stream of random numbers. Streams of different purposes never share a number. */
export type RandomPurpose = 'order' | 'step' | 'build' | 'data' | 'inference';

const PURPOSES: Readonly<Record<RandomPurpose, number>> = {
  order: 1,
  step: 2,
  build: 3,
  data: 4,
  inference: 5,
};

/** Random numbers that depend only on the seed, the purpose and an index, for instance the step. */
export interface RandomStream {
  /** Uniform in [0, 1), with 53 random bits, as `Math.random`. */
  next(): number;
  /** A uniform integer in [0, bound), bound at most 2^32. */
  integer(bound: number): number;
  /** The number of words of 32 bits that were drawn: another stream continues from there. */
  readonly position: number;
}

/**
 * Opens the stream of (seed, purpose, index); seed and index are integers from 0 to 2^53 - 1.
 *
 * @param position The number of words to begin after.
 */
export function createRandomStream(
  seed: number,
  purpose: RandomPurpose,
  index: number,
  position = 0,
): RandomStream {
  const k0 = seed >>> 0;
  const k1 = Math.floor(seed / 2 ** 32);
  const index0 = index >>> 0;
  // The index takes 53 bits of two words; the purpose is above them.
  const index1 = (Math.floor(index / 2 ** 32) | (PURPOSES[purpose] << 24)) >>> 0;
  const words = new Uint32Array(4);
  let next = position;
  /** The block that `words` holds. */
  let block = -1;

  function word(): number {
    const wanted = Math.floor(next / 4);
    if (wanted !== block) {
      block = wanted;
      philox(block >>> 0, Math.floor(block / 2 ** 32), index0, index1, k0, k1, words);
    }
    return words[next++ % 4] ?? 0;
  }

  return {
    get position() {
      return next;
    },
    next: () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53,
    integer(bound) {
      // Words beyond the last whole multiple of bound would favour small results: draw again.
      const limit = 2 ** 32 - (2 ** 32 % bound);
      let drawn = word();
      while (drawn >= limit) drawn = word();
      return drawn % bound;
    },
  };
}

/** A seed from the platform's source of randomness, for a run that has none. */
export function drawSeed(): number {
  const [low = 0, high = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high & 0x1fffff) * 2 ** 32 + low;
}
