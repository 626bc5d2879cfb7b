import * as tf from '@tensorflow/tfjs-core';
import type { Values } from '../memory.js';

/** Computes `count` results from `at` on. An operand that is broadcast along the run has a step of 0. */
export type Run = (
  a: Values,
  ai: number,
  aStep: number,
  b: Values,
  bi: number,
  bStep: number,
  out: Float32Array,
  at: number,
  count: number,
) => void;

interface Axis {
  size: number;
  a: number;
  b: number;
}

/**
 * Applies an operation of two operands, broadcast as in NumPy, run by run along the innermost axis that both
 * walk evenly.
 */
export function broadcast(
  run: Run,
  a: Values,
  aShape: readonly number[],
  b: Values,
  bShape: readonly number[],
  out: Float32Array,
): void {
  const axes = mergeAxes(aShape, bShape);
  const inner = axes.at(-1) ?? { size: 1, a: 0, b: 0 };
  const outer = axes.slice(0, -1);
  const index = new Array<number>(outer.length).fill(0);
  let ai = 0;
  let bi = 0;
  for (let at = 0; at < out.length; at += inner.size) {
    run(a, ai, inner.a, b, bi, inner.b, out, at, inner.size);
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const { size, a: aStride, b: bStride } = outer[axis] as Axis;
      index[axis] = (index[axis] as number) + 1;
      ai += aStride;
      bi += bStride;
      if ((index[axis] as number) < size) break;
      index[axis] = 0;
      ai -= aStride * size;
      bi -= bStride * size;
    }
  }
}

/**
 * The axes of the result with each operand's stride. Neighbours are joined if one stride walks both; axes of
 * size 1 are left out.
 */
function mergeAxes(aShape: readonly number[], bShape: readonly number[]): Axis[] {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape([...aShape], [...bShape]);
  const aStrides = computeStrides(aShape, shape.length);
  const bStrides = computeStrides(bShape, shape.length);
  const axes: Axis[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const a = aStrides[axis] as number;
    const b = bStrides[axis] as number;
    const former = axes.at(-1);
    if (former !== undefined && former.a === a * size && former.b === b * size)
      Object.assign(former, { size: former.size * size, a, b });
    else axes.push({ size, a, b });
  });
  return axes;
}

/** Row-major strides; 0 along axes of size 1 and along leading axes that only the result has. */
function computeStrides(shape: readonly number[], rank: number): number[] {
  const own = shape.map((size, axis) => (size === 1 ? 0 : tf.util.sizeFromShape([...shape.slice(axis + 1)])));
  return [...new Array<number>(rank - shape.length).fill(0), ...own];
}
