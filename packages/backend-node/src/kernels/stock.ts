import * as tf from '@tensorflow/tfjs-core';

export type Call = Parameters<tf.KernelFunc>[0];

/** A kernel that rewrites a call so that tfjs-node's own computes it. */
export type Rewrite = (call: Call, stock: (call: Call) => tf.Tensor) => tf.Tensor;

/** Creates a kernel that computes with tfjs-node's own of the same name. */
export function createKernel(kernelName: string, rewrite: Rewrite): tf.KernelConfig {
  const { kernelFunc } = tf.getKernel(kernelName, 'tensorflow');
  // tfjs-node's kernels return tensors.
  const stock = (call: Call) => kernelFunc(call) as tf.Tensor;
  return {
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: (call) => tf.tidy(() => rewrite(call, stock)),
  };
}
