import { type Backend, fingerprintMath, replaceKernels } from '@keepfit/fit/internal';
import * as tf from '@tensorflow/tfjs-core';
import { listCpuKernels } from './cpu-kernels.js';

/** Checkpoints hold it. Raise it with every change of a kernel that may change a rounding. */
const KERNELS = 'keepfit-cpu 1';

/**
 * tfjs' JavaScript backend, with kernels that train correctly and many times faster. It runs everywhere and
 * repeats itself bit for bit on every machine with the same JavaScript engine, but is the slowest of the four.
 *
 * ```ts
 * await useBackend(cpuBackend());
 * ```
 */
export function cpuBackend(): Backend {
  let restore: (() => void) | undefined;
  return {
    name: 'cpu',
    // JavaScript computes here, and another engine may round differently.
    kernels: `${KERNELS}, ${fingerprintMath()}`,
    verifiedGradients: 'all',
    async start() {
      await import('@tensorflow/tfjs-backend-cpu');
      if (!(await tf.setBackend('cpu'))) return false;
      silenceAdvert();
      restore ??= replaceKernels(listCpuKernels());
      return true;
    },
    stop() {
      restore?.();
      restore = undefined;
    },
  };
}

/** tfjs prints an advert for another package at the first use of this backend in Node. */
function silenceAdvert(): void {
  (tf.backend() as { firstUse?: boolean }).firstUse = false;
}
