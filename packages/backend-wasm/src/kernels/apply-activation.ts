import * as tf from '@tensorflow/tfjs-core';
import type { SimdTools } from '../simd/simd-kernel.js';

const KERNELS: Readonly<Record<string, string>> = {
  relu6: 'Relu6',
  sigmoid: 'Sigmoid',
  elu: 'Elu',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
};

/**
 * Applies the activation of a fused kernel, except relu, which the caller has done. Disposes x if the result
 * is another tensor.
 */
export function applyActivation(
  { heap, backend }: SimdTools,
  x: tf.TensorInfo,
  attrs: { activation?: string | null; leakyreluAlpha?: number },
  preluWeights: tf.TensorInfo | undefined,
): tf.TensorInfo {
  const name = attrs.activation ?? 'linear';
  if (name === 'linear' || name === 'relu') return x;
  const kernel = tf.getKernel(KERNELS[name] ?? name, 'wasm');
  if (kernel === undefined) throw new Error(`the wasm backend has no activation ${name} for fused kernels`);
  const inputs = name === 'prelu' && preluWeights !== undefined ? { x, alpha: preluWeights } : { x };
  const y = kernel.kernelFunc({
    inputs,
    backend,
    attrs: { alpha: attrs.leakyreluAlpha ?? 0 } as unknown as tf.NamedAttrMap,
  });
  heap.dispose(x);
  return y as tf.TensorInfo;
}
