import { KeepfitError } from '@keepfit/callbacks';
import type { DataId, KernelBackend } from '@tensorflow/tfjs-core';

type Values = Awaited<ReturnType<KernelBackend['read']>>;

export interface GuardedReads {
  /** From now on no value can be read, and those who wait for one are told. */
  fail(reason: string): void;
  /** Puts tfjs' own reading back. */
  restore(): void;
}

/** Lets what reads values from a GPU fail with a reason once they are lost; tfjs itself would wait for ever, or give zeros. */
export function guardReads(gpu: KernelBackend): GuardedReads {
  const waiting = new Set<(error: Error) => void>();
  const [read, readSync] = [gpu.read.bind(gpu), gpu.readSync.bind(gpu)];
  let lost: Error | undefined;
  gpu.read = (id: DataId) =>
    new Promise<Values>((resolve, reject) => {
      if (lost !== undefined) return reject(lost);
      waiting.add(reject);
      void read(id)
        .then(resolve, reject)
        .finally(() => waiting.delete(reject));
    });
  gpu.readSync = (id: DataId) => {
    if (lost !== undefined) throw lost;
    return readSync(id);
  };
  return {
    fail(reason) {
      lost ??= new KeepfitError(
        'KEEPFIT_BACKEND_UNAVAILABLE',
        `${reason}; reload the page and run fit again, to continue from the last backup`,
      );
      for (const reject of waiting) reject(lost);
    },
    restore() {
      // The methods of the class show again.
      for (const method of ['read', 'readSync'] as const) Reflect.deleteProperty(gpu, method);
    },
  };
}
