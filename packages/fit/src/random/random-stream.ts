import { philox } from './philox.js';

/** What a stream of random numbers is for: streams of different purposes never share a number. */
export type RandomPurpose = 'order' | 'step' | 'build' | 'data' | 'inference';

const PURPOSES: Readonly<Record<RandomPurpose, number>> = {
  order: 1,
  step: 2,
  build: 3,
  data: 4,
  inference: 5,
};

/** Random numbers that depend on nothing but the seed, the purpose and an index, for instance the step. */
export interface RandomStream {
  /** Uniform in [0, 1), with 53 random bits, as `Math.random`. */
  next(): number;
  /** A uniform integer in [0, bound), bound at most 2^32. */
  integer(bound: number): number;
}

/** Opens the stream of (seed, purpose, index); seed and index are integers from 0 to 2^53 - 1. */
export function createRandomStream(seed: number, purpose: RandomPurpose, index: number): RandomStream {
  const k0 = seed >>> 0;
  const k1 = Math.floor(seed / 2 ** 32);
  const index0 = index >>> 0;
  // The index takes 53 bits of two words; the purpose stands above them.
  const index1 = (Math.floor(index / 2 ** 32) | (PURPOSES[purpose] << 24)) >>> 0;
  const words = new Uint32Array(4);
  let block = 0;
  let used = 4;

  function word(): number {
    if (used === 4) {
      philox(block >>> 0, Math.floor(block / 2 ** 32), index0, index1, k0, k1, words);
      block += 1;
      used = 0;
    }
    return words[used++] ?? 0;
  }

  return {
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

/** A seed for a run that was given none, from the platform's own source of randomness. */
export function drawSeed(): number {
  const [low = 0, high = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high & 0x1fffff) * 2 ** 32 + low;
}
