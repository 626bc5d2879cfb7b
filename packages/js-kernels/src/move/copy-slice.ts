import type { Values } from '../values.js';
import { copyStrided } from './copy-strided.js';
import { rowMajor } from './row-major.js';

/** Copies the part of a tensor that begins at `begin` and has this size. */
export function copySlice(
  x: Values,
  shape: readonly number[],
  begin: readonly number[],
  size: readonly number[],
  out: Values,
): void {
  const axes = rowMajor(shape).map(({ stride }, axis) => ({ size: size[axis] as number, stride }));
  const offset = axes.reduce((sum, { stride }, axis) => sum + stride * (begin[axis] as number), 0);
  copyStrided(x, offset, axes, out, 0);
}
