import * as tf from '@tensorflow/tfjs-core';
import { createSimdKernel, type SimdTools } from '../simd/simd-kernel.js';
import { findOtherKernel } from './other-kernel.js';

/** The hyperbolic tangent of four numbers at a time; tfjs' own takes them one by one. */
export function tanh(tools: SimdTools): tf.KernelConfig {
  const { simd, heap, backend } = tools;
  const other = findOtherKernel('Tanh');
  return createSimdKernel<{ x: tf.TensorInfo }, object>('Tanh', tools, ({ x }) => {
    if (x.dtype !== 'float32') return other({ inputs: { x }, attrs: {}, backend });
    const y = heap.output(x.shape);
    simd.tanh(heap.address(x), heap.address(y), tf.util.sizeFromShape(x.shape));
    return y;
  });
}
