import type { StoreLock } from '../contract/checkpoint-store.js';
import { isKeepfitError, KeepfitError } from '../contract/keepfit-error.js';
import type { StoreWait } from './store-wait.js';

/** The locks that a callback holds while a fit runs. If one is lost, the fit must no longer use its store. */
export class StoreLocks {
  readonly #wait: StoreWait;
  readonly #held = new Map<string, StoreLock>();

  constructor(wait: StoreWait) {
    this.#wait = wait;
  }

  /** Whether no other trainer can hold the lock of this key. */
  holds(key: string): boolean {
    const lock = this.#held.get(key);
    return lock !== undefined && lock.lost?.aborted !== true;
  }

  /**
   * Locks several keys at once, because a store may have to watch each lock for long before it knows that its holder
   * is gone. The first key decides between two trainers: the one that gets it asks again for the others, which the
   * other one has freed. Resolves to the function that releases all of them.
   *
   * @param needed At least one key.
   * @param wanted Keys that are left out if another trainer holds their lock: see `holds`.
   * @throws KEEPFIT_STORE_LOCKED when another trainer holds the lock of a needed key. Then no lock is held.
   */
  async acquireTogether(needed: readonly string[], wanted: readonly string[]): Promise<() => Promise<void>> {
    const keys = [...needed, ...wanted];
    const releases: (() => Promise<void>)[] = [];
    const acquire = async (key: string): Promise<void> => void releases.push(await this.acquire(key));
    const first = await Promise.allSettled(keys.map(acquire));
    try {
      for (const [index, attempt] of first.entries()) {
        if (attempt.status === 'fulfilled') continue;
        if (index === 0 || !isLocked(attempt.reason)) throw attempt.reason;
      }
      for (const key of keys) {
        if (this.#held.has(key)) continue;
        const again = acquire(key);
        await (needed.includes(key) ? again : again.catch(throwUnlessLocked));
      }
    } catch (error) {
      await Promise.allSettled(releases.map((release) => release()));
      throw error;
    }
    return async () => {
      for (const release of releases.reverse()) await release();
    };
  }

  /**
   * Locks a key, and resolves to the function that releases it. Whoever takes a key's lock removes the remains
   * of a kill.
   *
   * @param what What the lock guards. The message names it if the lock is lost.
   * @throws KEEPFIT_STORE_LOCKED when another trainer holds the lock.
   */
  async acquire(key: string, what = JSON.stringify(key)): Promise<() => Promise<void>> {
    const taking = Promise.resolve(this.#wait.store.lock?.(key) as Promise<StoreLock>);
    let lock: StoreLock;
    try {
      lock = await this.#wait.during(taking);
    } catch (error) {
      // A lock that comes later must not outlive the training.
      taking.then((late) => late.release()).catch(() => undefined);
      throw error;
    }
    this.#held.set(key, lock);
    const lose = (): void => this.#wait.end(createLostError(what));
    if (lock.lost?.aborted) lose();
    lock.lost?.addEventListener('abort', lose);
    return async () => {
      lock.lost?.removeEventListener('abort', lose);
      this.#held.delete(key);
      await this.#wait.duringRelease(lock.release());
    };
  }
}

function isLocked(error: unknown): boolean {
  return isKeepfitError(error) && error.code === 'KEEPFIT_STORE_LOCKED';
}

function throwUnlessLocked(error: unknown): void {
  if (!isLocked(error)) throw error;
}

function createLostError(what: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `this training has lost the lock of ${what}, so another trainer may use it now. From then on, this one wrote and deleted nothing; the checkpoint is whole. Make sure that one trainer at a time uses it, then run fit again to continue`,
  );
}
