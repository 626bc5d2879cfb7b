import type { Heap } from '../heap.js';

/** Runs `body` with the addresses of scratch memories of these sizes in bytes, which it may write as it likes, and gives them back. */
export function withScratch<Result>(
  heap: Heap,
  sizes: readonly number[],
  body: (...addresses: number[]) => Result,
): Result {
  const aligned = sizes.map((size) => Math.ceil(size / 64) * 64);
  const start = heap.reserve(aligned.reduce((sum, size) => sum + size, 64));
  let at = Math.ceil(start / 64) * 64;
  const addresses = aligned.map((size) => {
    const address = at;
    at += size;
    return address;
  });
  try {
    return body(...addresses);
  } finally {
    heap.release(start);
  }
}
