import * as tf from '@tensorflow/tfjs-core';

export type GpuName = 'webgl' | 'webgpu';

/**
 * Returns the kernel that is registered now: tfjs' own, before keepfit replaces it.
 *
 * @throws Error when this version of tfjs has no such kernel.
 */
export function getStockKernel(kernelName: string, backendName: GpuName): tf.KernelFunc {
  const kernel = tf.getKernel(kernelName, backendName);
  if (kernel === undefined)
    throw new Error(`this version of tfjs' ${backendName} backend has no kernel ${kernelName}`);
  return kernel.kernelFunc;
}

/** Sets flags of tfjs, and returns a function that restores their former values. */
export function setFlags(flags: Readonly<Record<string, boolean>>): () => void {
  const former = Object.keys(flags).map((name) => [name, tf.env().getBool(name)] as const);
  for (const [name, value] of Object.entries(flags)) tf.env().set(name, value);
  return () => {
    for (const [name, value] of former) tf.env().set(name, value);
  };
}
