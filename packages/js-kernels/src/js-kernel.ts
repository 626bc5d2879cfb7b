import { getKernel, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Memory } from './memory.js';

/** A tfjs kernel in plain JavaScript, for any backend whose tensors JavaScript can read. */
export interface JsKernel<Inputs, Attributes, Outputs = TensorInfo> {
  /** As tfjs' kernel registry knows it. */
  readonly kernelName: string;
  /** Whether it computes with these; what it does not handle goes to tfjs' own kernel. Everything where not defined. */
  handles?(inputs: Inputs, attributes: Attributes): boolean;
  /** Computes with tensors and attributes as tfjs' operations hand them over, and writes to new memory only. */
  compute(inputs: Inputs, attributes: Attributes, memory: Memory): Outputs;
}

/**
 * Fits a plain kernel to a backend, given how that backend's memory is reached. What the kernel does not handle goes to the one that is
 * registered now.
 */
export function createKernelConfig(
  kernel: JsKernel<never, never, TensorInfo | TensorInfo[]>,
  backendName: string,
  memoryOf: (backend: unknown) => Memory,
): KernelConfig {
  const { kernelName } = kernel;
  const stock = getKernel(kernelName, backendName)?.kernelFunc;
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
export function isNumeric({ dtype }: TensorInfo): boolean {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
}
