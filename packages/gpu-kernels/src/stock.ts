import { env, getKernel, type KernelFunc } from '@tensorflow/tfjs-core';

export type GpuName = 'webgl' | 'webgpu';

/** The kernel that is registered now: tfjs' own, before ours are put in their places. */
export function getStockKernel(kernelName: string, backendName: GpuName): KernelFunc {
  const kernel = getKernel(kernelName, backendName);
  if (kernel === undefined)
    throw new Error(`this version of tfjs' ${backendName} backend has no kernel ${kernelName}`);
  return kernel.kernelFunc;
}

/** Sets flags of tfjs, and returns what gives them their former values. */
export function setFlags(flags: Readonly<Record<string, boolean>>): () => void {
  const former = Object.keys(flags).map((name) => [name, env().getBool(name)] as const);
  for (const [name, value] of Object.entries(flags)) env().set(name, value);
  return () => {
    for (const [name, value] of former) env().set(name, value);
  };
}
