import { KeepfitError, type StoreLock } from '@keepfit/callbacks';

/**
 * Takes the Web Lock of this name, which the browser frees with its page or worker, however that ends.
 *
 * @throws KEEPFIT_STORE_LOCKED, saying that `what` is taken.
 */
export function takeWebLock(name: string, what: string): Promise<StoreLock> {
  return new Promise((resolve, reject) => {
    const done = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock === null) throw taken(what);
      return new Promise<void>((free) => {
        const release = async (): Promise<void> => {
          free();
          await done;
        };
        resolve({ release });
      });
    });
    done.catch(reject);
  });
}

function taken(what: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_LOCKED',
    `${what} is in use by a training in this or another tab of this site; let it end, or give each its own name`,
  );
}
