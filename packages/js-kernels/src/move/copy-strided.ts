import * as tf from '@tensorflow/tfjs-core';
import type { Values } from '../memory.js';

/** One axis of a walk through an array. */
export interface Walk {
  readonly size: number;
  /** Elements from one index to the next; 0 repeats. */
  readonly stride: number;
}

/** Fills `out` from `at` on with the values of `x` on a walk over the axes, the last one innermost. */
export function copyStrided(x: Values, offset: number, axes: readonly Walk[], out: Values, at: number): void {
  const merged = mergeAxes(axes);
  const { size: count, stride } = merged.at(-1) ?? { size: 1, stride: 1 };
  const outer = merged.slice(0, -1);
  const index = new Array<number>(outer.length).fill(0);
  const end = at + axes.reduce((product, { size }) => product * size, 1);
  let from = offset;
  for (let to = at; to < end; to += count) {
    copyRun(x, from, stride, out, to, count);
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const { size, stride: step } = outer[axis] as Walk;
      index[axis] = (index[axis] as number) + 1;
      from += step;
      if ((index[axis] as number) < size) break;
      index[axis] = 0;
      from -= step * size;
    }
  }
}

function copyRun(x: Values, from: number, stride: number, out: Values, to: number, count: number): void {
  if (stride === 1 && count > 64) return out.set(x.subarray(from, from + count), to);
  for (const end = to + count; to < end; from += stride) out[to++] = x[from] as number;
}

/** Joins neighbouring axes if one stride walks both, and leaves out axes of size 1. */
export function mergeAxes(axes: readonly Walk[]): Walk[] {
  const merged: Walk[] = [];
  for (const { size, stride } of axes) {
    if (size === 1) continue;
    const former = merged.at(-1);
    if (former?.stride === stride * size) merged[merged.length - 1] = { size: former.size * size, stride };
    else merged.push({ size, stride });
  }
  return merged;
}

/** The axes of a row-major tensor. */
export function listRowMajorAxes(shape: readonly number[]): Walk[] {
  return shape.map((size, axis) => ({ size, stride: tf.util.sizeFromShape([...shape.slice(axis + 1)]) }));
}

/** Copies the part of a tensor that begins at `begin` and has this size. */
export function copySlice(
  x: Values,
  shape: readonly number[],
  begin: readonly number[],
  size: readonly number[],
  out: Values,
): void {
  const axes = listRowMajorAxes(shape).map(({ stride }, axis) => ({ size: size[axis] as number, stride }));
  const offset = axes.reduce((sum, { stride }, axis) => sum + stride * (begin[axis] as number), 0);
  copyStrided(x, offset, axes, out, 0);
}
