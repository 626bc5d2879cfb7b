import * as tf from '@tensorflow/tfjs-core';
import { createSimdKernel, type SimdTools, withScratch } from '../simd/simd-kernel.js';

type OfInput = Readonly<Record<'dy' | 'inverse' | 'scale', tf.TensorInfo>>;
type OfRest = OfInput & Readonly<Record<'x' | 'mean', tf.TensorInfo>>;

/**
 * Gradients of batch normalization that `@keepfit/fit` asks a backend for, with one mean, 1 / deviation and
 * scale a channel. They round as the ops of tfjs that they replace.
 */
export function batchNormGradients(tools: SimdTools): readonly tf.KernelConfig[] {
  const { simd, heap } = tools;
  return [
    createSimdKernel<OfInput, object>('KeepfitBatchNormInputGradient', tools, ({ dy, inverse, scale }) => {
      const dx = heap.output(dy.shape);
      const [rows, channels] = countRows(dy);
      simd.batchNormInputGradient(
        heap.address(dy),
        rows,
        channels,
        heap.address(inverse),
        heap.address(scale),
        heap.address(dx),
      );
      return dx;
    }),
    createSimdKernel<OfRest, object>('KeepfitBatchNormSums', tools, ({ dy, x, mean, inverse, scale }) => {
      const [rows, channels] = countRows(dy);
      const outputs = [mean, mean, mean, mean].map(({ shape }) => heap.output(shape));
      const [toMean = 0, toVariance = 0, toScale = 0, toOffset = 0] = outputs.map(heap.address);
      withScratch(heap, [channels * 32], (sums = 0) => {
        simd.batchNormSums(
          heap.address(dy),
          heap.address(x),
          rows,
          channels,
          heap.address(mean),
          heap.address(inverse),
          heap.address(scale),
          toMean,
          toVariance,
          toScale,
          toOffset,
          sums,
        );
      });
      return outputs;
    }),
  ];
}

/** The tensor as a matrix, one column a channel. */
function countRows({ shape }: tf.TensorInfo): [rows: number, channels: number] {
  return [tf.util.sizeFromShape(shape.slice(0, -1)), shape[shape.length - 1] ?? 1];
}
