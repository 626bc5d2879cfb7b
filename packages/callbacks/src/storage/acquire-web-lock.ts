import type { StoreLock } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';

/**
 * For stores of a browser: takes the Web Lock of this name, which the browser frees with its page or worker, however that ends. Web Locks
 * are there in secure contexts only (https, or localhost), and are shared by all pages and workers of a site.
 *
 * @param what What is taken, for the message: `"digits" of the database "runs"`, say.
 * @throws KEEPFIT_STORE_LOCKED
 */
export function acquireWebLock(name: string, what: string): Promise<StoreLock> {
  const { navigator } = globalThis as unknown as { navigator: { locks: LockManager } };
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
