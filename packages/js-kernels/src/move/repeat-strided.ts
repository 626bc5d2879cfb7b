import type { Values } from '../memory.js';
import { mergeAxes, type Walk } from './copy-strided.js';

/**
 * Fills `out` with the values of `x` on a walk over the axes, the last one innermost. It copies whatever
 * repeats from `out` itself, twice as much each time, at the speed of memory.
 */
export function repeatStrided(x: Values, axes: readonly Walk[], out: Values): void {
  if (out.length > 0) fill(x, 0, mergeAxes(axes), 0, out, 0);
}

/** Fills `out` from `at` on along the axes from `depth` on, and returns where it ends. */
function fill(
  x: Values,
  from: number,
  axes: readonly Walk[],
  depth: number,
  out: Values,
  at: number,
): number {
  const axis = axes[depth];
  if (axis === undefined) {
    out[at] = x[from] as number;
    return at + 1;
  }
  const { size, stride } = axis;
  if (stride === 0) {
    const end = fill(x, from, axes, depth + 1, out, at);
    repeatBlock(out, at, end, size);
    return at + (end - at) * size;
  }
  if (depth === axes.length - 1) {
    for (let i = 0; i < size; i++) out[at + i] = x[from + i * stride] as number;
    return at + size;
  }
  let end = at;
  for (let i = 0; i < size; i++) end = fill(x, from + i * stride, axes, depth + 1, out, end);
  return end;
}

/** Repeats the values from `begin` to `end` behind themselves until there are `times` of them. */
function repeatBlock(out: Values, begin: number, end: number, times: number): void {
  const last = begin + (end - begin) * times;
  // Calls cost more than the copies of a short block.
  if (last - begin <= 64) {
    for (let at = begin; end < last;) out[end++] = out[at++] as number;
  } else if (end - begin === 1) out.fill(out[begin] as number, end, last);
  else {
    for (; end < last; end += end - begin) out.copyWithin(end, begin, Math.min(end, begin + last - end));
  }
}
