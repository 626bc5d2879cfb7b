import * as tf from '@tensorflow/tfjs';
import { cpuTime } from './cpu-time.js';

/** The CPU time that each kernel of the current backend takes while `run` runs, longest first, in milliseconds. */
export async function kernelTimes(
  run: () => Promise<unknown>,
): Promise<readonly (readonly [kernel: string, ms: number])[]> {
  const times = new Map<string, number>();
  const former = tf.getKernelsForBackend(tf.getBackend());
  for (const kernel of former) {
    replace({
      ...kernel,
      kernelFunc(given) {
        const start = cpuTime();
        const result = kernel.kernelFunc(given);
        times.set(kernel.kernelName, (times.get(kernel.kernelName) ?? 0) + cpuTime() - start);
        return result;
      },
    });
  }
  try {
    await run();
  } finally {
    former.forEach(replace);
  }
  return [...times].sort(([, a], [, b]) => b - a);
}

function replace(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
}
