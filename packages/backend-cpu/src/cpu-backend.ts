import { type Backend, replaceKernels } from '@keepfit/fit/internal';
import { backend, setBackend } from '@tensorflow/tfjs-core';
import { listCpuKernels } from './cpu-kernels.js';

/** Goes into checkpoints. Counts up with every change of a kernel that may change a rounding. */
const KERNELS = 'keepfit-cpu 1';

/**
 * tfjs' plain-JavaScript backend, with kernels that train rightly and many times faster: it runs everywhere and repeats itself bit for
 * bit on every machine. The slowest of the four all the same.
 *
 * ```ts
 * await useBackend(cpuBackend());
 * ```
 */
export function cpuBackend(): Backend {
  let restore: (() => void) | undefined;
  return {
    name: 'cpu',
    kernels: KERNELS,
    async start() {
      await import('@tensorflow/tfjs-backend-cpu');
      if (!(await setBackend('cpu'))) return false;
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

/** At its first use in Node this backend prints an advert for another package. */
function silenceAdvert(): void {
  (backend() as { firstUse?: boolean }).firstUse = false;
}
