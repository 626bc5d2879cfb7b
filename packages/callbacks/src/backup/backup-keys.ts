import type { CheckpointContent, CheckpointStore } from '../contract/checkpoint-store.js';
import { isKeepfitError, KeepfitError } from '../contract/keepfit-error.js';
import type { Verification } from '../contract/state.js';
import { createContent } from '../format/create-content.js';
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
 * The one or two keys of a store that hold the checkpoints of one backup: `name`, and `name.2` if two are kept. Both
 * are always read, so that a run may switch `doubleCheckpoint` between two fits.
 *
 * ```
 * verified, and one is kept:           ─▶ name; name.2 is deleted
 * the newest checkpoint is verified:   ─▶ the other key
 * it is not:                           ─▶ over it, so that the last verified one stays
 * ```
 */
export class BackupKeys {
  readonly #store: CheckpointStore;
  readonly #keys: readonly [string, string];
  readonly #double: boolean;
  /** The version under each key as this object last read or wrote it; undefined if there was none. */
  readonly #versions = new Map<string, string | undefined>();
  #newest: string | undefined;
  /** Of the newest checkpoint. What was read was verified by its run, as far as can be known. */
  #verification: Verification | undefined;
  #keepsVerified = false;
  #isSecondTaken = false;
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

  /** The keys that `write` uses, unless `keepVerified` is called. */
  get written(): readonly string[] {
    return this.#double ? this.#keys : this.#keys.slice(0, 1);
  }

  /** The key of the second checkpoint. */
  get second(): string {
    return this.#keys[1];
  }

  /** Whether a checkpoint that is not verified yet leaves the last verified one. Otherwise write none. */
  get canKeepVerified(): boolean {
    return (this.#double || this.#keepsVerified) && !this.#isSecondTaken;
  }

  /** Call it if the second key may be used for checkpoints that are not verified yet. */
  keepVerified(): void {
    this.#keepsVerified = true;
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
    this.#isSecondTaken = found.isSecondTaken;
    reportDamage(found);
    return found.newest;
  }

  /**
   * Writes a checkpoint, over the older one if two are kept, but never over the last verified one if it is not
   * verified itself. Resolves when it is as safe as the store makes it. A checkpoint that somebody has deleted is
   * written again.
   *
   * @throws KEEPFIT_STORE_CONFLICT when another trainer has written since, or may have: the checkpoint was
   *   deleted and nothing locks it.
   * @throws KEEPFIT_INVALID_STATE when the store has no room for two, and the checkpoint is not exact.
   */
  async write(content: CheckpointContent, verification?: Verification): Promise<void> {
    checkRoom(this.#store, content.byteLength);
    if (!isPassed(verification) && !this.canKeepVerified) verification?.run();
    try {
      await this.#writeTo(this.#chooseKey(isPassed(verification)), content, verification);
    } catch (error) {
      if (this.#double || isPassed(verification) || !isOfCode(error, 'KEEPFIT_STORE_FULL')) throw error;
      this.#keepsVerified = false;
      verification?.run();
      await this.#writeAlone(content);
    }
    if (this.#newest === this.#keys[0] && isPassed(verification)) await this.#deleteSpare();
  }

  #chooseKey(isVerified: boolean): string {
    const [first, second] = this.#keys;
    if (this.#newest === undefined || (isVerified && !this.#double)) return first;
    if (!isPassed(this.#verification)) return this.#newest;
    return this.#newest === first ? second : first;
  }

  async #writeTo(key: string, content: CheckpointContent, verification?: Verification): Promise<void> {
    this.#versions.set(key, await this.#replace(key, content, this.#versions.get(key)));
    this.#newest = key;
    this.#verification = verification;
  }

  /**
   * Writes a verified checkpoint to a store that has no room for two. The second makes room, because readers expect the
   * first: if this fails too, the first stays as it is.
   */
  async #writeAlone(content: CheckpointContent): Promise<void> {
    await this.#deleteSpare();
    await this.#writeTo(this.#keys[0], content);
  }

  /** A verified checkpoint under the first key needs no second, unless two are to be kept. */
  async #deleteSpare(): Promise<void> {
    const version = this.#versions.get(this.second);
    if (!this.#double && version !== undefined) await this.#deleteOwn(this.second, version);
  }

  /** Call it when a training whose checkpoint is kept is complete, and all of it verified: one checkpoint is enough. */
  async keepNewest(): Promise<void> {
    if (!this.#double && this.#newest === this.second) {
      const stored = await this.#store.get(this.second);
      if (stored === undefined) return;
      await this.#writeTo(this.#keys[0], createContent(stored.bytes));
    }
    await this.#deleteSpare();
  }

  /**
   * Deletes the newest checkpoint if it turned out not to be exact. The last verified one stays.
   *
   * @throws KEEPFIT_STORE_CONFLICT when another trainer has written since; its checkpoint stays.
   */
  async deleteFailed(): Promise<void> {
    if (this.#verification?.status !== 'failed' || this.#newest === undefined) return;
    const version = this.#versions.get(this.#newest);
    if (version !== undefined) await this.#deleteOwn(this.#newest, version);
    this.#newest = undefined;
  }

  /** Resolves to the new version. */
  async #replace(key: string, content: CheckpointContent, version: string | undefined): Promise<string> {
    const condition = this.#store.supports.fencing ? { replaces: version ?? null } : undefined;
    try {
      return await this.#store.set(key, content, condition);
    } catch (error) {
      if (!isOfCode(error, 'KEEPFIT_STORE_CONFLICT')) throw error;
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
    for (const [key, version] of this.#versions)
      if (version !== undefined) await this.#deleteOwn(key, version);
    this.#newest = undefined;
  }

  async #deleteOwn(key: string, version: string): Promise<void> {
    try {
      await this.#store.delete(key, this.#store.supports.fencing ? { replaces: version } : undefined);
    } catch (error) {
      if (!isOfCode(error, 'KEEPFIT_STORE_CONFLICT')) throw error;
      throw new KeepfitError(
        'KEEPFIT_STORE_CONFLICT',
        `another trainer has replaced "${key}", which this training needs no longer, so it stays: two trainers used one checkpoint. Give each its own name or store`,
        { cause: error },
      );
    }
    this.#versions.set(key, undefined);
  }
}

function isPassed(verification: Verification | undefined): boolean {
  return verification === undefined || verification.status === 'passed';
}

function isOfCode(error: unknown, code: KeepfitError['code']): error is KeepfitError {
  return isKeepfitError(error) && error.code === code;
}
