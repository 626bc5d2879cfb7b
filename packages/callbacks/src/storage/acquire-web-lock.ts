import type { StoreLock } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';

/**
 * For browser stores: takes the Web Lock of this name. The browser frees it when its page or worker ends, for
 * whatever reason. `lost` aborts if somebody steals it. Web Locks exist only in secure contexts (https, or
 * localhost), and all pages and workers of a site share them.
 *
 * @param what The locked thing, for the message, such as `"digits" of the database "runs"`.
 * @throws KEEPFIT_STORE_LOCKED when another page or worker holds the lock.
 */
export function acquireWebLock(name: string, what: string): Promise<StoreLock> {
  const { navigator } = globalThis as unknown as { navigator: { locks: LockManager } };
  const losing = new AbortController();
  return new Promise((resolve, reject) => {
    const done = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock === null) throw createLockedError(what);
      return new Promise<void>((free) => {
        const release = async (): Promise<void> => {
          free();
          // It rejects if the lock was stolen.
          await done.catch(() => undefined);
        };
        resolve({ release, lost: losing.signal });
      });
    });
    done.catch((error: unknown) => {
      reject(error as Error);
      losing.abort(error);
    });
  });
}

/** The Web Locks that one store object has given, which its `set` and `delete` obey. */
export interface WebLocks {
  /** As `acquireWebLock`, for a key of the store. */
  acquire(key: string, name: string, what: string): Promise<StoreLock>;
  /**
   * Call it when a `set` or `delete` of the key begins, and the result when it is about to change something.
   * The result throws KEEPFIT_STORE_CONFLICT if the store held the key's lock then and has lost it.
   */
  watch(key: string): () => void;
}

/** For browser stores: creates the locks of one store object. */
export function createWebLocks(): WebLocks {
  const held = new Map<string, StoreLock>();
  return {
    async acquire(key, name, what) {
      const lock = await acquireWebLock(name, what);
      held.set(key, lock);
      return {
        ...lock,
        async release() {
          if (held.get(key) === lock) held.delete(key);
          await lock.release();
        },
      };
    },
    watch(key) {
      const lock = held.get(key);
      return () => {
        if (lock?.lost?.aborted) throw createLostError(key);
      };
    },
  };
}

function createLockedError(what: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_LOCKED',
    `${what} is in use by a training in this or another tab of this site; wait until it ends, or give each its own name`,
  );
}

function createLostError(key: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `somebody has taken the lock of ${JSON.stringify(key)} from this training, so nothing was changed; let one training at a time use it`,
  );
}
