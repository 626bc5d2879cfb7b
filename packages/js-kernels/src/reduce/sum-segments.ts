import type { Values } from '../memory.js';

/**
 * Adds each row of `x` to the row of `out` that its id names, and leaves out ids outside 0 … segments - 1.
 * Sums the rows of a segment in float64 and in order, and writes every element of `out`.
 */
export function sumSegments(x: Values, ids: Values, segments: number, out: Float32Array): void {
  const width = out.length / segments;
  const ordered = sortRowsBySegment(ids, segments);
  const sums = new Float64Array(width);
  out.fill(0);
  for (let begin = 0; begin < ordered.length;) {
    const segment = ids[ordered[begin] as number] as number;
    let end = begin + 1;
    while (end < ordered.length && ids[ordered[end] as number] === segment) end++;
    sums.fill(0);
    for (; begin < end; begin++) {
      let from = (ordered[begin] as number) * width;
      for (let i = 0; i < width; i++) sums[i] = (sums[i] as number) + (x[from++] as number);
    }
    out.set(sums, segment * width);
  }
}

/** Sorts the rows with the id of a segment by that id, then by position. */
function sortRowsBySegment(ids: Values, segments: number): Int32Array {
  const ends = new Int32Array(segments);
  let known = 0;
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row] as number;
    if (id < 0 || id >= segments) continue;
    ends[id] = (ends[id] as number) + 1;
    known++;
  }
  for (let segment = 1; segment < segments; segment++)
    ends[segment] = (ends[segment] as number) + (ends[segment - 1] as number);
  const ordered = new Int32Array(known);
  for (let row = ids.length - 1; row >= 0; row--) {
    const id = ids[row] as number;
    if (id < 0 || id >= segments) continue;
    const at = (ends[id] as number) - 1;
    ends[id] = at;
    ordered[at] = row;
  }
  return ordered;
}
