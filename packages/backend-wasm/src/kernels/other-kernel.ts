import { getKernel, type KernelConfig, type KernelFunc } from '@tensorflow/tfjs-core';

/**
 * The kernel for the cases that another leaves out: that of a list where it stands there, else tfjs' own of the wasm backend. To be called
 * before the other one is registered.
 */
export function findOtherKernel(name: string, others: readonly KernelConfig[] = []): KernelFunc {
  const kernel = others.find(({ kernelName }) => kernelName === name) ?? getKernel(name, 'wasm');
  if (kernel === undefined) throw new Error(`this version of tfjs' wasm backend has no kernel ${name}`);
  return kernel.kernelFunc;
}

/** Leaves images with the channels first to the kernels of another list. */
export function deferChannelsFirst(
  kernels: readonly KernelConfig[],
  others: readonly KernelConfig[],
): KernelConfig[] {
  return kernels.map((kernel) => {
    const other = findOtherKernel(kernel.kernelName, others);
    const { kernelFunc } = kernel;
    return {
      ...kernel,
      kernelFunc: (given) => (given.attrs?.['dataFormat'] === 'NCHW' ? other(given) : kernelFunc(given)),
    };
  });
}
