import * as tf from '@tensorflow/tfjs';
import { getCpuTime } from '../measure/clocks.js';

/** CPU time of each kernel, in milliseconds, longest first. */
type KernelTimes = readonly (readonly [kernel: string, ms: number])[];

/**
 * Times each kernel of the current backend during `run`. A recording that is made during `run` has the timed
 * kernels, so its replays count; one from before does not.
 *
 * @param run Gets a function that discards the times so far.
 */
export async function timeKernels<T>(
  run: (restart: () => void) => Promise<T>,
): Promise<{ readonly result: T; readonly times: KernelTimes }> {
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
    const result = await run(() => times.clear());
    return { result, times: [...times].sort(([, a], [, b]) => b - a) };
  } finally {
    originals.forEach(replace);
  }
}

function replace(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}
