import type { Backend } from '@keepfit/fit';
import { backend, setBackend } from '@tensorflow/tfjs-core';

/**
 * tfjs' plain-JavaScript backend: runs everywhere, repeats itself bit for bit on every machine, and is slow.
 *
 * ```ts
 * await useBackend(cpuBackend());
 * ```
 */
export function cpuBackend(): Backend {
  return {
    name: 'cpu',
    kernels: 'tfjs-cpu 4',
    async start() {
      await import('@tensorflow/tfjs-backend-cpu');
      if (!(await setBackend('cpu'))) return false;
      silenceAdvert();
      return true;
    },
    stop() {},
  };
}

/** At its first use in Node this backend prints an advert for another package. */
function silenceAdvert(): void {
  (backend() as { firstUse?: boolean }).firstUse = false;
}
