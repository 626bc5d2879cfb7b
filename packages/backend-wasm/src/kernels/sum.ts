import * as tf from '@tensorflow/tfjs-core';
import { createSimdKernel, type SimdTools, withScratch } from '../simd/simd-kernel.js';
import { findOtherKernel } from './other-kernel.js';

interface Attrs {
  readonly axis: number | readonly number[] | null;
  readonly keepDims?: boolean;
}

/** Sums and means over adjacent axes: those of biases, batch normalization, softmax and losses. */
export function sum(tools: SimdTools, others: readonly tf.KernelConfig[]): readonly tf.KernelConfig[] {
  return (['Sum', 'Mean'] as const).map((name) => {
    const other = findOtherKernel(name, others);
    return createSimdKernel<{ x: tf.TensorInfo }, Attrs>(name, tools, ({ x }, attrs) => {
      const axes = tf.util.parseAxisParam(
        (attrs.axis ?? x.shape.map((_, axis) => axis)) as number[],
        x.shape,
      );
      const outer = x.dtype === 'float32' ? findReduction(x.shape, axes) : undefined;
      if (outer !== undefined) return reduce(tools, x, axes, outer, attrs.keepDims ?? false, name === 'Mean');
      return other({
        inputs: { x },
        attrs: { ...attrs, axis: axes },
        backend: tools.backend,
      }) as tf.TensorInfo;
    });
  });
}

type Reduction = readonly [outer: number, size: number, inner: number];

/**
 * The shape as three axes, of which the middle one is summed; undefined if the summed axes are not adjacent.
 */
function findReduction(shape: readonly number[], axes: readonly number[]): Reduction | undefined {
  const sorted = [...axes].sort((a, b) => a - b);
  const first = sorted[0] ?? shape.length;
  if (sorted.some((axis, index) => axis !== first + index)) return undefined;
  const last = first + sorted.length;
  const [before, summed, after] = [shape.slice(0, first), shape.slice(first, last), shape.slice(last)];
  return [tf.util.sizeFromShape(before), tf.util.sizeFromShape(summed), tf.util.sizeFromShape(after)];
}

function reduce(
  { simd, heap }: SimdTools,
  x: tf.TensorInfo,
  axes: readonly number[],
  [outer, length, inner]: Reduction,
  keepDims: boolean,
  isMean: boolean,
): tf.TensorInfo {
  const shape = x.shape.flatMap((own, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [own]));
  const y = heap.output(shape);
  const scale = isMean ? 1 / length : 1;
  const from = heap.address(x);
  const to = heap.address(y);
  if (inner === 1) simd.sumRows(from, outer, length, to, scale);
  else {
    withScratch(heap, [256], (sums = 0) => {
      for (let i = 0; i < outer; i++)
        simd.sumColumns(from + i * length * inner * 4, length, inner, to + i * inner * 4, scale, sums);
    });
  }
  return y;
}
