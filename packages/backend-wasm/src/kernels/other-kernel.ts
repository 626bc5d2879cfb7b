import * as tf from '@tensorflow/tfjs-core';

/**
 * Finds the kernel for the cases that another leaves out: from a list, else tfjs' own of the wasm backend.
 * Call it before registering the other.
 *
 * @throws Error when there is none.
 */
export function findOtherKernel(name: string, others: readonly tf.KernelConfig[] = []): tf.KernelFunc {
  const kernel = others.find(({ kernelName }) => kernelName === name) ?? tf.getKernel(name, 'wasm');
  if (kernel === undefined) throw new Error(`this version of tfjs' wasm backend has no kernel ${name}`);
  return kernel.kernelFunc;
}

/** Leaves images with the channels first to the kernels of another list. */
export function deferChannelsFirst(
  kernels: readonly tf.KernelConfig[],
  others: readonly tf.KernelConfig[],
): tf.KernelConfig[] {
  return kernels.map((kernel) => {
    const other = findOtherKernel(kernel.kernelName, others);
    const { kernelFunc } = kernel;
    return {
      ...kernel,
      kernelFunc: (given) => (given.attrs?.['dataFormat'] === 'NCHW' ? other(given) : kernelFunc(given)),
    };
  });
}
