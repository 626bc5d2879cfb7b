import * as tf from '@tensorflow/tfjs-core';

/**
 * Replaces tfjs' own kernels, through its public registry, and returns a function that restores them. For
 * authors of backends.
 *
 * A kernel that trains writes its outputs to new memory, never into a live tensor: a backup reads the values
 * of its instant by reference while training continues.
 */
export function replaceKernels(kernels: readonly tf.KernelConfig[]): () => void {
  const stock = kernels.map(({ kernelName, backendName }) => tf.getKernel(kernelName, backendName));
  for (const kernel of kernels) put(kernel);
  return () => {
    kernels.forEach((kernel, index) => {
      const former = stock[index];
      if (former !== undefined) put(former);
      // Only once, even if the list has two kernels of one name.
      else if (tf.getKernel(kernel.kernelName, kernel.backendName) !== undefined)
        tf.unregisterKernel(kernel.kernelName, kernel.backendName);
    });
  };
}

function put(kernel: tf.KernelConfig): void {
  // Registering over another one makes tfjs print a warning.
  if (tf.getKernel(kernel.kernelName, kernel.backendName) !== undefined)
    tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}
