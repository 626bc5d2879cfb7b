import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/**
 * Puts kernels in the place of tfjs' own, through its public registry, and returns what puts those back. For those who write a backend.
 *
 * A kernel that trains writes its outputs to new memory, never into a tensor that lives: a backup reads the values of its instant by
 * reference while training goes on.
 */
export function replaceKernels(kernels: readonly KernelConfig[]): () => void {
  const stock = kernels.map(({ kernelName, backendName }) => getKernel(kernelName, backendName));
  for (const kernel of kernels) put(kernel);
  return () => {
    kernels.forEach((kernel, index) => {
      const former = stock[index];
      if (former !== undefined) put(former);
      // Once only, where a list has two for one.
      else if (getKernel(kernel.kernelName, kernel.backendName) !== undefined)
        unregisterKernel(kernel.kernelName, kernel.backendName);
    });
  };
}

function put(kernel: KernelConfig): void {
  // Registering over another one makes tfjs print a warning.
  if (getKernel(kernel.kernelName, kernel.backendName) !== undefined)
    unregisterKernel(kernel.kernelName, kernel.backendName);
  registerKernel(kernel);
}
