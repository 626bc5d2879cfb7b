import * as tf from '@tensorflow/tfjs';
import { getCpuTime } from '../measure/clocks.js';

/**
 * Returns the CPU time of each kernel of the current backend during `run`, in milliseconds, longest first.
 */
export async function timeKernels(
  run: () => Promise<unknown>,
): Promise<readonly (readonly [kernel: string, ms: number])[]> {
  const times = new Map<string, number>();
  const originals = tf.getKernelsForBackend(tf.getBackend());
  for (const kernel of originals) {
    replace({
      ...kernel,
      kernelFunc(given) {
        const start = getCpuTime();
        const result = kernel.kernelFunc(given);
        times.set(kernel.kernelName, (times.get(kernel.kernelName) ?? 0) + getCpuTime() - start);
        return result;
      },
    });
  }
  try {
    await run();
  } finally {
    originals.forEach(replace);
  }
  return [...times].sort(([, a], [, b]) => b - a);
}

function replace(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}
