import type { KernelConfig } from '@tensorflow/tfjs-core';
import { otherKernel } from './other-kernel.js';

/** Leaves images with the channels first to the kernels of another list. */
export function channelsLast(
  kernels: readonly KernelConfig[],
  others: readonly KernelConfig[],
): KernelConfig[] {
  return kernels.map((kernel) => {
    const other = otherKernel(kernel.kernelName, others);
    const { kernelFunc } = kernel;
    return {
      ...kernel,
      kernelFunc: (given) => (given.attrs?.['dataFormat'] === 'NCHW' ? other(given) : kernelFunc(given)),
    };
  });
}
