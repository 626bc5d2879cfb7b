import { isKeepfitError, type StoreCondition, type StoreLock } from '@keepfit/callbacks/store';
import type { Folder } from '../folder/folder.js';
import { isFolder, prepareFolder } from '../folder/prepare-folder.js';
import { createQueue } from '../system/create-queue.js';
import { getErrorCode } from '../system/file-errors.js';
import { acquireLock } from './acquire-lock.js';
import type { HeldLock } from './held-lock.js';

const ATTEMPTS = 4;

/**
 * The locks that one store object holds. Each write under a lock checks that the lock still names its holder,
 * and fails if not. Only then this looks why:
 *
 * - The lock names another trainer: the write is refused, and so are all later ones.
 * - The whole folder is gone: the folder, its locks and their sockets are made again. Whoever makes a folder or a
 *   lock file first wins.
 * - Only the lock file is gone: it is placed again if the checkpoint is the one that this trainer expects. If the
 *   checkpoint is another one, or is gone too, another trainer may have finished the run, and the write is
 *   refused.
 */
export class HeldLocks {
  readonly #folder: Folder;
  readonly #hasVersion: (key: string, version: string) => Promise<boolean>;
  readonly #locks = new Map<string, HeldLock>();
  /** Repairs and releases, one at a time. */
  readonly #changes = createQueue();

  /** @param hasVersion Tells whether the checkpoint of a key has a version. */
  constructor(folder: Folder, hasVersion: (key: string, version: string) => Promise<boolean>) {
    this.#folder = folder;
    this.#hasVersion = hasVersion;
  }

  async acquire(key: string): Promise<StoreLock> {
    const lock = await acquireLock(this.#folder, key);
    this.#locks.set(key, lock);
    const release = async () => {
      await lock.release();
      if (this.#locks.get(key) === lock) this.#locks.delete(key);
    };
    return {
      lost: lock.lost,
      release: async () => {
        // A write that is under way needs the lock.
        await Promise.allSettled(lock.running);
        await this.#changes.run(release);
      },
    };
  }

  /**
   * Runs an operation that changes a checkpoint, again if the lock had to be placed again.
   *
   * @param operation Gets the uuid that the lock must have; undefined if this store does not hold it.
   */
  async run<Result>(
    key: string,
    condition: StoreCondition | undefined,
    operation: (uuid: string | undefined) => Promise<Result>,
  ): Promise<Result> {
    const lock = this.#locks.get(key);
    if (lock === undefined) return this.#runUnlocked(operation);
    const running = this.#runLocked(key, lock, condition, operation);
    lock.running.add(running);
    try {
      return await running;
    } finally {
      lock.running.delete(running);
    }
  }

  async #runUnlocked<Result>(operation: (uuid: undefined) => Promise<Result>): Promise<Result> {
    // The thread that writes would make the folder without the locks that belong there.
    const { held } = this.#folder;
    if (!held.isEmpty && !(await isFolder(this.#folder))) await prepareFolder(this.#folder);
    return operation(undefined);
  }

  async #runLocked<Result>(
    key: string,
    lock: HeldLock,
    condition: StoreCondition | undefined,
    operation: (uuid: string) => Promise<Result>,
  ): Promise<Result> {
    for (let tries = 1; ; tries++) {
      lock.lost.throwIfAborted();
      try {
        return await operation(lock.uuid);
      } catch (error) {
        if (tries === ATTEMPTS || !mayMissLock(error)) throw error;
        const isRepaired = await this.#changes.run(() => this.#repair(key, lock, error, condition));
        if (!isRepaired) throw error;
      }
    }
  }

  /** Resolves to whether the operation can be tried again. */
  async #repair(
    key: string,
    lock: HeldLock,
    error: unknown,
    condition: StoreCondition | undefined,
  ): Promise<boolean> {
    if (this.#locks.get(key) !== lock) return false;
    const found = await lock.look();
    const expected = condition?.replaces;
    if (found === 'no folder') {
      // Nothing is left of the expected checkpoint, which the next try finds out.
      if (typeof expected === 'string') return isMissing(error);
      await lock.restoreFolder();
      return true;
    }
    if (found === 'no lock') {
      const isUntouched = typeof expected === 'string' && (await this.#hasVersion(key, expected));
      if (!isUntouched) throw lock.lose(await lock.findLast());
      await lock.placeAgain();
      return true;
    }
    // If the lock is in place, another write has repaired it meanwhile, or something else is missing.
    if (found.holder?.uuid === lock.uuid) return isMissing(error);
    throw lock.lose(found);
  }
}

/** Whether a write may have failed because its lock, or the whole folder, is missing or was replaced. */
function mayMissLock(error: unknown): boolean {
  return isMissing(error) || (isKeepfitError(error) && error.code === 'KEEPFIT_STORE_CONFLICT');
}

function isMissing(error: unknown): boolean {
  return getErrorCode(error) === 'ENOENT';
}
