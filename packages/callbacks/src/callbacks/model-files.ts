import { isKey } from '../checks/check-key.js';
import { isStateRecord, type StateRule } from '../checks/read-state.js';
import type { CheckpointContent, CheckpointStore, StoreCondition } from '../contract/checkpoint-store.js';
import { isKeepfitError, KeepfitError } from '../contract/keepfit-error.js';
import { printWarning } from '../contract/print.js';
import type { CaptureEntry, StateRecord } from '../contract/state.js';
import type { TrainerView } from '../contract/trainer-view.js';
import { decodeCheckpoint } from '../format/decode-checkpoint.js';
import { encodeCheckpoint } from '../format/encode-checkpoint.js';
import { formatStore } from '../storage/checked-store.js';
import { claimKey } from '../storage/claim-key.js';
import { StoreLocks } from '../storage/store-locks.js';
import { StoreWait } from '../storage/store-wait.js';
import { version as library } from '../version.js';
import type { KeyPattern } from './key-pattern.js';

/** A file of this run. */
export interface ModelFile extends StateRecord {
  readonly key: string;
  /** The monitored value at its time; null if there was none. */
  readonly value: number | null;
}

/** The rule for the files in a state. */
export const FILES: StateRule<readonly ModelFile[]> = [
  (value): value is readonly ModelFile[] => Array.isArray(value) && value.every(isFile),
  'a list of keys with their values',
  [],
];

function isFile(file: unknown): file is ModelFile {
  return (
    isStateRecord(file) && isKey(file['key']) && (file['value'] === null || typeof file['value'] === 'number')
  );
}

type Release = () => void | Promise<void>;

interface Saved {
  readonly entries: readonly CaptureEntry[];
  readonly state: StateRecord;
}

/**
 * The models of one `ModelCheckpoint` in its store: writes them while nobody else writes keys of the same pattern, and
 * deletes the oldest if there are too many.
 */
export class ModelFiles {
  /** The files of this run that are still kept, oldest first. Empty without `maxToKeep`. */
  list: readonly ModelFile[] = [];
  /** Marks the files as this run's, so that it deletes no others. */
  runId: string;
  readonly #store: CheckpointStore;
  readonly #pattern: KeyPattern;
  readonly #maxToKeep: number | undefined;
  #wait: StoreWait;
  /** The version of each file that the current fit has written. */
  readonly #versions = new Map<string, string>();
  #hasWarned = false;

  constructor(store: CheckpointStore, pattern: KeyPattern, runId: string, maxToKeep: number | undefined) {
    this.#store = store;
    this.#pattern = pattern;
    this.runId = runId;
    this.#maxToKeep = maxToKeep;
    this.#wait = new StoreWait(store);
  }

  /**
   * A fit begins: takes one lock for all keys of the pattern until the fit settles.
   *
   * @throws KEEPFIT_STORE_LOCKED when another training holds it.
   */
  async begin(model: TrainerView): Promise<void> {
    this.#wait = new StoreWait(this.#store);
    this.#wait.endWith(model);
    this.#versions.clear();
    this.#hasWarned = false;
    await this.#lock(this.#pattern, (release) => model.defer(release));
  }

  /** @throws KEEPFIT_STORE_CONFLICT when the lock is lost. */
  throwIfEnded(): void {
    const { ended } = this.#wait;
    if (ended.aborted) throw ended.reason;
  }

  /**
   * Writes a file, and resolves when it is as safe as the store makes it.
   *
   * @throws KEEPFIT_STORE_CONFLICT when another program has replaced this fit's own file.
   */
  async write(file: ModelFile, generation: number, saved: Saved): Promise<void> {
    await this.#write(file, generation, saved);
    const { key } = file;
    if (this.#maxToKeep !== undefined) this.list = [...this.list.filter((other) => other.key !== key), file];
  }

  /**
   * Writes a file of another pattern, which a killed run requested. It is not counted among the files of this one. If
   * somebody else uses the keys of that pattern now, perhaps another ModelCheckpoint of the same fit, it only warns.
   */
  async writeFormer(file: ModelFile, generation: number, saved: Saved, pattern: KeyPattern): Promise<void> {
    const releases: Release[] = [];
    try {
      if (pattern.common !== this.#pattern.common)
        await this.#lock(pattern, (release) => void releases.push(release));
      await this.#write(file, generation, saved);
    } catch (error) {
      if (!isOfCode(error, 'KEEPFIT_STORE_LOCKED')) throw error;
      printWarning(
        `ModelCheckpoint does not write "${file.key}" again, which the former run requested with another keyPattern, because those keys are in use: ${error.message}`,
      );
    } finally {
      for (const release of releases.reverse()) await release();
    }
  }

  /** Deletes the oldest files that are too many, but not the best one. */
  async deleteOldest(findBest: (files: readonly ModelFile[]) => ModelFile | undefined): Promise<void> {
    const best = findBest(this.list);
    while (this.list.length > (this.#maxToKeep ?? Infinity)) {
      const oldest = this.list.find((file) => file !== best) as ModelFile;
      await this.#wait.during(this.#delete(oldest.key));
      this.list = this.list.filter((file) => file !== oldest);
    }
  }

  /** Takes the one lock for all keys of a pattern. */
  async #lock(pattern: KeyPattern, defer: (release: Release) => void): Promise<void> {
    const { common } = pattern;
    const what = `the keys of ModelCheckpoint, "${pattern}"`;
    try {
      defer(claimKey(this.#store, common));
      if (this.#store.supports.locking) defer(await new StoreLocks(this.#wait).acquire(common, what));
    } catch (cause) {
      if (!isOfCode(cause, 'KEEPFIT_STORE_LOCKED')) throw cause;
      throw new KeepfitError(
        'KEEPFIT_STORE_LOCKED',
        `another training uses ${what}, in ${formatStore(this.#store)}; give each its own keyPattern or store (${cause.message})`,
        { cause },
      );
    }
  }

  async #write({ key }: ModelFile, generation: number, saved: Saved): Promise<void> {
    const savedAt = new Date().toISOString();
    const content = encodeCheckpoint(saved, { runId: this.runId, generation, savedAt, library });
    this.#versions.set(key, await this.#wait.during(this.#set(key, content)));
  }

  async #set(key: string, content: CheckpointContent): Promise<string> {
    const { store } = this.#wait;
    const version = this.#versions.get(key);
    const isKnown = version !== undefined && store.supports.fencing;
    try {
      return await store.set(key, content, isKnown ? { replaces: version } : undefined);
    } catch (cause) {
      if (!isKnown || !isOfCode(cause, 'KEEPFIT_STORE_CONFLICT')) throw cause;
      this.throwIfEnded();
      // Somebody may have deleted the file: it is written again.
      if ((await store.get(key)) === undefined) return store.set(key, content, { replaces: null });
      throw new KeepfitError(
        'KEEPFIT_STORE_CONFLICT',
        `another program has replaced the model "${key}" of ${formatStore(store)}, which stays: two trainings write the same keys. Give each its own keyPattern or store`,
        { cause },
      );
    }
  }

  /** Deletes a file of this run. What another program has put there stays. */
  async #delete(key: string): Promise<void> {
    const { store } = this.#wait;
    const { fencing } = store.supports;
    let version = fencing ? this.#versions.get(key) : undefined;
    if (version === undefined) {
      const stored = await store.get(key);
      if (stored === undefined) return;
      if (!this.#isOwn(stored.bytes)) return this.#warn(key);
      version = stored.version;
    }
    const condition: StoreCondition | undefined = fencing ? { replaces: version } : undefined;
    try {
      await store.delete(key, condition);
    } catch (error) {
      if (!isOfCode(error, 'KEEPFIT_STORE_CONFLICT')) throw error;
      this.throwIfEnded();
      if ((await store.get(key)) !== undefined) this.#warn(key);
    }
  }

  #isOwn(bytes: Uint8Array): boolean {
    try {
      return decodeCheckpoint(bytes).header.runId === this.runId;
    } catch {
      return false;
    }
  }

  #warn(key: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    printWarning(
      `ModelCheckpoint with maxToKeep leaves "${key}" of ${formatStore(this.#store)}: another program has replaced it since this run wrote it`,
    );
  }
}

function isOfCode(error: unknown, code: KeepfitError['code']): error is KeepfitError {
  return isKeepfitError(error) && error.code === code;
}
