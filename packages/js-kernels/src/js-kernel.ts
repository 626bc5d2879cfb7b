import * as tf from '@tensorflow/tfjs-core';
import type { Memory } from './memory.js';

/** A tfjs kernel in JavaScript, for any backend whose tensors JavaScript can read. */
export interface JsKernel<Inputs, Attributes, Outputs = tf.TensorInfo> {
  /** Its name in tfjs' kernel registry. */
  readonly kernelName: string;
  /** Whether it computes with these inputs; tfjs' own kernel gets the rest. @default everything */
  handles?(inputs: Inputs, attributes: Attributes): boolean;
  /** Computes with tensors and attributes as tfjs' operations pass them, and writes only to new memory. */
  compute(inputs: Inputs, attributes: Attributes, memory: Memory): Outputs;
}

/**
 * Fits a kernel to a backend, given access to that backend's memory. The kernel that is registered now gets
 * whatever this one does not handle.
 */
export function createKernelConfig(
  kernel: JsKernel<never, never, tf.TensorInfo | tf.TensorInfo[]>,
  backendName: string,
  memoryOf: (backend: unknown) => Memory,
): tf.KernelConfig {
  const { kernelName } = kernel;
  const stock = tf.getKernel(kernelName, backendName)?.kernelFunc;
  return {
    kernelName,
    backendName,
    kernelFunc({ inputs, attrs, backend }) {
      if (stock !== undefined && kernel.handles?.(inputs as never, (attrs ?? {}) as never) === false)
        return stock({ inputs, attrs, backend });
      return kernel.compute(inputs as never, (attrs ?? {}) as never, memoryOf(backend));
    },
  };
}

/** Whether each element is one number. */
export function isNumeric({ dtype }: tf.TensorInfo): boolean {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
}
