import * as tf from '@tensorflow/tfjs-core';
import type { Values } from '../memory.js';

interface Axis {
  size: number;
  readonly summed: boolean;
}

/**
 * Writes the sums over some axes, times `scale`, in the order of the axes that stay. Sums run in float64 and
 * in memory order, so that a sum over 1e5 rows is as accurate as one over ten.
 */
export function sumAxes(
  x: Values,
  shape: readonly number[],
  axes: readonly number[],
  scale: number,
  out: Float32Array,
): void {
  const merged = mergeAxes(shape, axes);
  const sums = new Float64Array(out.length);
  const outer = merged.slice(0, -1);
  const inner = merged.at(-1) ?? { size: 1, summed: false };
  const steps = computeOutStrides(merged);
  const index = new Array<number>(outer.length).fill(0);
  let to = 0;
  for (let from = 0; from < x.length; from += inner.size) {
    if (inner.summed) sums[to] = (sums[to] as number) + sumRun(x, from, inner.size);
    else addRun(x, from, inner.size, sums, to);
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const step = steps[axis] as number;
      const { size } = outer[axis] as Axis;
      index[axis] = (index[axis] as number) + 1;
      to += step;
      if ((index[axis] as number) < size) break;
      index[axis] = 0;
      to -= step * size;
    }
  }
  for (let i = 0; i < out.length; i++) out[i] = (sums[i] as number) * scale;
}

function sumRun(x: Values, from: number, count: number): number {
  let sum = 0;
  for (const end = from + count; from < end; from++) sum += x[from] as number;
  return sum;
}

function addRun(x: Values, from: number, count: number, sums: Float64Array, to: number): void {
  for (const end = from + count; from < end; from++, to++)
    sums[to] = (sums[to] as number) + (x[from] as number);
}

/** Joins neighbouring axes that are all summed, or all kept. */
function mergeAxes(shape: readonly number[], axes: readonly number[]): Axis[] {
  const merged: Axis[] = [];
  shape.forEach((size, axis) => {
    const summed = axes.includes(axis);
    const former = merged.at(-1);
    if (former?.summed === summed) former.size *= size;
    else merged.push({ size, summed });
  });
  return merged;
}

/** Steps in the result along each axis; 0 along summed axes. */
function computeOutStrides(axes: readonly Axis[]): number[] {
  return axes.map(({ summed }, axis) =>
    summed
      ? 0
      : tf.util.sizeFromShape(axes.slice(axis + 1).map(({ size, summed: gone }) => (gone ? 1 : size))),
  );
}
