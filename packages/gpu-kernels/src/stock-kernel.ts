import { getKernel, type KernelFunc } from '@tensorflow/tfjs-core';

export type GpuName = 'webgl' | 'webgpu';

/** The kernel that is registered now: tfjs' own, before ours are put in their places. */
export function stockKernel(kernelName: string, backendName: GpuName): KernelFunc {
  const kernel = getKernel(kernelName, backendName);
  if (kernel === undefined)
    throw new Error(`this version of tfjs' ${backendName} backend has no kernel ${kernelName}`);
  return kernel.kernelFunc;
}
