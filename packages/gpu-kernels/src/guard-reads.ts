import { KeepfitError } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';

type Values = Awaited<ReturnType<tf.KernelBackend['read']>>;

export interface GuardedReads {
  /** Fails all pending and later reads. */
  fail(reason: string): void;
  /** Puts tfjs' own reading back. */
  restore(): void;
}

/**
 * Makes reads from a GPU fail with a reason once its values are lost. tfjs itself would wait forever, or give
 * zeros.
 */
export function guardReads(gpu: tf.KernelBackend): GuardedReads {
  const waiting = new Set<(error: Error) => void>();
  const [read, readSync] = [gpu.read.bind(gpu), gpu.readSync.bind(gpu)];
  let lost: Error | undefined;
  gpu.read = (id: tf.DataId) =>
    new Promise<Values>((resolve, reject) => {
      if (lost !== undefined) return reject(lost);
      waiting.add(reject);
      void read(id)
        .then(resolve, reject)
        .finally(() => waiting.delete(reject));
    });
  gpu.readSync = (id: tf.DataId) => {
    if (lost !== undefined) throw lost;
    return readSync(id);
  };
  return {
    fail(reason) {
      lost ??= new KeepfitError(
        'KEEPFIT_BACKEND_UNAVAILABLE',
        `${reason}; reload the page and run fit again to continue from the last backup`,
      );
      for (const reject of waiting) reject(lost);
    },
    restore() {
      // This uncovers the methods of the class.
      for (const method of ['read', 'readSync'] as const) Reflect.deleteProperty(gpu, method);
    },
  };
}
