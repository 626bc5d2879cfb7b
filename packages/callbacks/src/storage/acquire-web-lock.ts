import type { StoreLock } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';

/**
 * For browser stores: takes the Web Lock of this name. The browser frees it when its page or worker ends, for
 * whatever reason. Web Locks exist only in secure contexts (https, or localhost), and all pages and workers
 * of a site share them.
 *
 * @param what The locked thing, for the message, such as `"digits" of the database "runs"`.
 * @throws KEEPFIT_STORE_LOCKED when another page or worker holds the lock.
 */
export function acquireWebLock(name: string, what: string): Promise<StoreLock> {
  const { navigator } = globalThis as unknown as { navigator: { locks: LockManager } };
  return new Promise((resolve, reject) => {
    const done = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock === null) throw createLockedError(what);
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

function createLockedError(what: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_LOCKED',
    `${what} is in use by a training in this or another tab of this site; wait until it ends, or give each its own name`,
  );
}
