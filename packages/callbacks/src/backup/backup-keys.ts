import type { CheckpointContent, CheckpointStore } from '../contract/checkpoint-store.js';
import { escapeText } from '../contract/escape-text.js';
import { isKeepfitError, KeepfitError } from '../contract/keepfit-error.js';
import type { SavedTraining } from '../contract/state.js';
import type { CheckpointHeader } from '../format/checkpoint-layout.js';
import { decodeCheckpoint } from '../format/decode-checkpoint.js';
import { SECOND_SUFFIX } from './check-backup-name.js';

/** A checkpoint that passed every check of the format. */
export interface LoadedCheckpoint {
  readonly key: string;
  readonly header: CheckpointHeader;
  readonly training: SavedTraining;
}

interface Damage {
  readonly key: string;
  readonly error: unknown;
}

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

  constructor(store: CheckpointStore, name: string, double: boolean) {
    this.#store = store;
    this.#keys = [name, name + SECOND_SUFFIX];
    this.#double = double;
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
    const damaged: Damage[] = [];
    let newest: LoadedCheckpoint | undefined;
    for (const key of this.#keys) {
      const stored = await this.#store.get(key);
      this.#versions.set(key, stored?.version);
      if (stored === undefined) continue;
      try {
        const loaded = { key, ...decodeCheckpoint(stored.bytes) };
        if (newest === undefined || loaded.header.generation > newest.header.generation) newest = loaded;
      } catch (error) {
        damaged.push({ key, error });
      }
    }
    this.#newest = newest?.key;
    if (damaged.length > 0) reportDamage(damaged, newest);
    return newest;
  }

  /**
   * Writes a checkpoint, over the older one if two are kept. Resolves when it is as safe as the store makes
   * it.
   */
  async write(content: CheckpointContent): Promise<void> {
    checkRoom(this.#store, content.byteLength);
    const key = this.#double && this.#newest === this.#keys[0] ? this.#keys[1] : this.#keys[0];
    const condition = this.#store.supports.fencing
      ? { replaces: this.#versions.get(key) ?? null }
      : undefined;
    this.#versions.set(key, await this.#store.set(key, content, condition));
    this.#newest = key;
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
    const stored = this.#store.supports.fencing ? await this.#store.get(key) : undefined;
    if (stored !== undefined && stored.version !== version) {
      throw new KeepfitError(
        'KEEPFIT_STORE_CONFLICT',
        `the training is complete, but another trainer has replaced "${key}", which stays: two trainers used one checkpoint. Give each its own name or store`,
      );
    }
    await this.#store.delete(key);
  }
}

function reportDamage(damaged: readonly Damage[], used: LoadedCheckpoint | undefined): void {
  const found = damaged
    .map(
      ({ key, error }) => `"${key}": ${escapeText(error instanceof Error ? error.message : String(error))}`,
    )
    .join('; ');
  if (used !== undefined) {
    console.warn(
      `keepfit: the checkpoint "${used.key}" of ${used.header.savedAt} is used because another cannot be read: ${found}`,
    );
    return;
  }
  // After an update keepfit can read this one, even if the other is damaged.
  const newer = damaged.find(
    ({ error }) => isKeepfitError(error) && error.code === 'KEEPFIT_CHECKPOINT_VERSION',
  );
  if (newer !== undefined) throw newer.error;
  throw new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `no checkpoint can be read (${found}). Nothing was changed. Restore a good copy, or delete the checkpoint from the store to start over`,
    { cause: damaged[0]?.error },
  );
}

/** @throws KEEPFIT_STORE_FULL when a checkpoint of this size exceeds the limit of the store. */
export function checkRoom({ supports: { maxBytes = Infinity } }: CheckpointStore, byteLength: number): void {
  if (byteLength <= maxBytes) return;
  const message = `the checkpoint has ${byteLength} bytes, but the store takes at most ${maxBytes}; use another store`;
  throw new KeepfitError('KEEPFIT_STORE_FULL', message);
}
