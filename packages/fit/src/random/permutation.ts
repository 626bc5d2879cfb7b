import { createRandomStream } from './random-stream.js';

/** The order of one pass: the numbers 0 … length - 1 shuffled by (seed, pass), after Fisher and Yates. */
export function createPermutation(length: number, seed: number, pass: number): Uint32Array {
  const random = createRandomStream(seed, 'order', pass);
  const order = Uint32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const chosen = random.integer(last + 1);
    const kept = order[last] ?? 0;
    order[last] = order[chosen] ?? 0;
    order[chosen] = kept;
  }
  return order;
}
