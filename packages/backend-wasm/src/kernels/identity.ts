import type * as tf from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.js';
import { findOtherKernel } from './other-kernel.js';

/**
 * Copies that share the memory of the original, which nothing ever writes into. tfjs' own copies every tensor
 * that a gradient needs.
 */
export function identity(heap: Heap): readonly tf.KernelConfig[] {
  const stockIdentity = findOtherKernel('Identity');
  const stockCast = findOtherKernel('Cast');
  return [
    createKernel('Identity', (args, x) =>
      x.dtype === 'string' ? stockIdentity(args) : heap.reshaped(x, x.shape),
    ),
    createKernel('Cast', (args, x) => {
      const { dtype } = args.attrs as unknown as tf.CastAttrs;
      return x.dtype === dtype && dtype !== 'string' ? heap.reshaped(x, x.shape) : stockCast(args);
    }),
  ];
}

type Arguments = Parameters<tf.KernelFunc>[0];

function createKernel(
  kernelName: string,
  compute: (args: Arguments, x: tf.TensorInfo) => tf.TensorInfo | tf.TensorInfo[],
): tf.KernelConfig {
  return {
    kernelName,
    backendName: 'wasm',
    kernelFunc: (args) => compute(args, args.inputs['x'] as tf.TensorInfo),
  };
}
