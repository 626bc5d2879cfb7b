import type { CheckpointContent, CheckpointStore } from '../contract/checkpoint-store.js';
import { isKeepfitError, KeepfitError } from '../contract/keepfit-error.js';
import { checkRoom } from '../storage/check-room.js';
import { formatStore } from '../storage/checked-store.js';
import { printWarning } from '../contract/print.js';
import {
  type LoadedCheckpoint,
  readCheckpoints,
  reportDamage,
  SECOND_SUFFIX,
} from '../stored/read-checkpoints.js';

/**
 * The one or two keys of a store that hold the checkpoints of one backup: `name`, and `name.2` if two are
 * kept in turn. Both are always read, so that a run may switch `doubleCheckpoint` between two fits.
 */
export class BackupKeys {
  readonly #store: CheckpointStore;
  readonly #keys: readonly [string, string];
  readonly #double: boolean;
  /** The version under each key as this object last read or wrote it; undefined if there was none. */
  readonly #versions = new Map<string, string | undefined>();
  #newest: string | undefined;
  readonly #isLocked: (key: string) => boolean;
  #hasWarned = false;

  /**
   * @param store A checked one: see `createCheckedStore`.
   * @param isLocked Whether this backup holds the lock of a key, so that nobody else writes it.
   */
  constructor(store: CheckpointStore, name: string, double: boolean, isLocked = (_key: string) => false) {
    this.#store = store;
    this.#keys = [name, name + SECOND_SUFFIX];
    this.#double = double;
    this.#isLocked = isLocked;
  }

  /** The keys that `write` uses. */
  get written(): readonly string[] {
    return this.#double ? this.#keys : this.#keys.slice(0, 1);
  }

  /**
   * The newest checkpoint that passes every check, or undefined if there is none. Warns if a damaged one was
   * skipped. Never starts silently from scratch.
   *
   * @throws KEEPFIT_CHECKPOINT_CORRUPT when there are only damaged ones.
   * @throws KEEPFIT_CHECKPOINT_VERSION when none can be read and a newer keepfit wrote one of them.
   */
  async load(): Promise<LoadedCheckpoint | undefined> {
    const found = await readCheckpoints(this.#store, this.#keys[0]);
    for (const [key, version] of found.versions) this.#versions.set(key, version);
    this.#newest = found.newest?.key;
    reportDamage(found);
    return found.newest;
  }

  /**
   * Writes a checkpoint, over the older one if two are kept. Resolves when it is as safe as the store makes
   * it. A checkpoint that somebody has deleted is written again.
   *
   * @throws KEEPFIT_STORE_CONFLICT when another trainer has written since, or may have: the checkpoint was
   *   deleted and nothing locks it.
   */
  async write(content: CheckpointContent): Promise<void> {
    checkRoom(this.#store, content.byteLength);
    const key = this.#double && this.#newest === this.#keys[0] ? this.#keys[1] : this.#keys[0];
    this.#versions.set(key, await this.#replace(key, content, this.#versions.get(key)));
    this.#newest = key;
  }

  /** Resolves to the new version. */
  async #replace(key: string, content: CheckpointContent, version: string | undefined): Promise<string> {
    const condition = this.#store.supports.fencing ? { replaces: version ?? null } : undefined;
    try {
      return await this.#store.set(key, content, condition);
    } catch (error) {
      if (!isConflict(error)) throw error;
      await this.#checkDeleted(key, version, error);
    }
    const written = await this.#store.set(key, content, { replaces: null });
    if (!this.#hasWarned) {
      printWarning(
        `keepfit: the checkpoint "${key}" of ${formatStore(this.#store)} was deleted while training ran. Its state is whole in memory, so it was written again. To end a training, stop it before you delete its checkpoint`,
      );
    }
    this.#hasWarned = true;
    return written;
  }

  /**
   * Finds out whether a write met a conflict only because the checkpoint is gone, and nobody else can have
   * written it.
   *
   * @throws KEEPFIT_STORE_CONFLICT when not.
   */
  async #checkDeleted(key: string, version: string | undefined, conflict: KeepfitError): Promise<void> {
    const stored = await this.#store.get(key).catch(() => {
      throw conflict;
    });
    if (stored === undefined && this.#isLocked(key)) return;
    if (version === undefined || stored?.version === version) throw conflict;
    throw new KeepfitError(
      'KEEPFIT_STORE_CONFLICT',
      stored === undefined
        ? `the checkpoint "${key}" of ${formatStore(this.#store)} was deleted meanwhile. No lock tells whether another trainer used it, so it was not written again. Run fit again to start over, or use a store with locks`
        : `another trainer has replaced the checkpoint "${key}" of ${formatStore(this.#store)}, which stays: two trainers used one checkpoint. Give each its own name or store`,
      { cause: conflict },
    );
  }

  /**
   * Removes the checkpoints of this backup, and nothing else.
   *
   * @throws KEEPFIT_STORE_CONFLICT when another trainer has written since; its checkpoint stays.
   */
  async delete(): Promise<void> {
    for (const [key, version] of this.#versions) {
      if (version !== undefined) await this.#deleteOwn(key, version);
      this.#versions.set(key, undefined);
    }
    this.#newest = undefined;
  }

  async #deleteOwn(key: string, version: string): Promise<void> {
    try {
      await this.#store.delete(key, this.#store.supports.fencing ? { replaces: version } : undefined);
    } catch (error) {
      if (!isConflict(error)) throw error;
      throw new KeepfitError(
        'KEEPFIT_STORE_CONFLICT',
        `the training is complete, but another trainer has replaced "${key}", which stays: two trainers used one checkpoint. Give each its own name or store`,
        { cause: error },
      );
    }
  }
}

function isConflict(error: unknown): error is KeepfitError {
  return isKeepfitError(error) && error.code === 'KEEPFIT_STORE_CONFLICT';
}
