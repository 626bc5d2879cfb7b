import * as tf from '@tensorflow/tfjs-core';
import { createSimdKernel, type SimdTools } from '../simd/simd-kernel.js';

type OfResult = Readonly<Record<'dy' | 'y', tf.TensorInfo>>;

/**
 * Gradients that `@keepfit/fit` asks a backend for. Each replaces several ops of tfjs and gives the same
 * values to the bit.
 */
export function activationGradients(tools: SimdTools): readonly tf.KernelConfig[] {
  const { simd, heap } = tools;
  return [
    createSimdKernel<OfResult, object>('KeepfitTanhGradient', tools, ({ dy, y }) => {
      const dx = heap.output(y.shape);
      simd.tanhGradient(heap.address(dy), heap.address(y), heap.address(dx), tf.util.sizeFromShape(y.shape));
      return dx;
    }),
    createSimdKernel<OfResult, object>('KeepfitSigmoidGradient', tools, ({ dy, y }) => {
      const dx = heap.output(y.shape);
      simd.sigmoidGradient(
        heap.address(dy),
        heap.address(y),
        heap.address(dx),
        tf.util.sizeFromShape(y.shape),
      );
      return dx;
    }),
    createSimdKernel<Readonly<Record<'dy' | 'x', tf.TensorInfo>>, { low: number; high: number }>(
      'KeepfitClipGradient',
      tools,
      ({ dy, x }, { low, high }) => {
        const dx = heap.output(x.shape);
        simd.clipGradient(
          heap.address(dy),
          heap.address(x),
          heap.address(dx),
          tf.util.sizeFromShape(x.shape),
          low,
          high,
        );
        return dx;
      },
    ),
  ];
}
