import { getKernel, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Memory } from './memory.js';
import type { JsKernel } from './js-kernel.js';

/**
 * Fits a plain kernel to a backend, given how that backend's memory is reached. What the kernel does not handle goes to the one that is
 * registered now.
 */
export function kernelConfig(
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
