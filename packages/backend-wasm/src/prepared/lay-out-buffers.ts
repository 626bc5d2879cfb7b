/** When a buffer is used: from one call to another one, both included. */
export interface Lifetime {
  readonly byteLength: number;
  readonly first: number;
  readonly last: number;
}

/** Caches and vectors work best on addresses of such steps. */
const STEP = 64;

/**
 * Places buffers in one memory, so that those which are used at the same time do not overlap. It gives each the
 * lowest place that is free, which is the memory that was used last.
 *
 * @returns where each buffer begins, and the size of the memory. Bytes, in steps of 64.
 */
export function layOutBuffers(buffers: readonly Lifetime[]): { offsets: number[]; byteLength: number } {
  const offsets: number[] = [];
  let byteLength = 0;
  /** What is in use, by its place in the memory. */
  let live: { start: number; end: number; last: number }[] = [];
  const order = buffers.map((_, index) => index);
  order.sort((a, b) => (buffers[a]?.first ?? 0) - (buffers[b]?.first ?? 0));
  for (const index of order) {
    const buffer = buffers[index] as Lifetime;
    live = live.filter(({ last }) => last >= buffer.first);
    const size = Math.ceil(buffer.byteLength / STEP) * STEP;
    let start = 0;
    let next = 0;
    for (; next < live.length; next++) {
      const used = live[next] as { start: number; end: number };
      if (used.start - start >= size) break;
      start = Math.max(start, used.end);
    }
    live.splice(next, 0, { start, end: start + size, last: buffer.last });
    offsets[index] = start;
    byteLength = Math.max(byteLength, start + size);
  }
  return { offsets, byteLength };
}
