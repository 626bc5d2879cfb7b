import { Callback } from '../callbacks/callback.js';
import { checkStore } from '../checks/check-store.js';
import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { StateRecord, TrainingProgress } from '../contract/state.js';
import { claimKey } from '../storage/claim-key.js';
import {
  type BackupAndRestoreOptions,
  type BackupSummary,
  checkBackupOptions,
} from './backup-and-restore-options.js';
import { BackupKeys, type LoadedCheckpoint } from './backup-keys.js';
import { BackupWriter } from './backup-writer.js';
import { mismatchMessage, resumeAnnouncement } from './messages.js';
import { savedProgress } from '../format/saved-progress.js';

/**
 * Saves the training state as it goes and continues from it after a crash, bit for bit.
 *
 * Where the store holds a checkpoint when fit begins, training continues with the batch after the last saved one: weights, optimizer,
 * learning rate, shuffling, dropout, metrics, history and the state of every callback are as they were. Where it holds none,
 * a first one is written before the first batch, so that a kill at any time is exact.
 *
 * ```ts
 * await trainer.fit(x, y, { epochs: 10, callbacks: [new BackupAndRestore(fsStore('runs/digits/backup'))] });
 * ```
 *
 * A backup holds references to the tensors of its instant and is written while training goes on; at most one is under way, and one
 * that is due waits for it. A backup that fails rejects fit at the next batch boundary; the last good checkpoint stays.
 * `fit` settles only when the last backup is safe. When training completes the checkpoint is deleted, unless `TerminateOnNaN` ended it.
 *
 * After Keras' callback of the same name, which restores weights, optimizer and epoch only.
 */
export class BackupAndRestore extends Callback {
  readonly name = 'BackupAndRestore';
  readonly batchLogs = false;
  readonly outermost = true;

  readonly #store: CheckpointStore;
  readonly #key: string;
  readonly #options: Readonly<Required<Omit<BackupAndRestoreOptions, 'preemption' | 'name'>>>;
  readonly #preemption: AbortSignal | undefined;
  #keys: BackupKeys;
  #writer: BackupWriter;
  #isInFit = false;
  #firstBatch = 0;
  #batchesSinceBackup = 0;
  #hasUnsaved = false;
  #isAsked = false;

  /** @throws KEEPFIT_INVALID_OPTION */
  constructor(store: CheckpointStore, options: BackupAndRestoreOptions = {}) {
    super();
    checkStore('BackupAndRestore', store);
    checkBackupOptions(options);
    const {
      saveFreq = 'epoch',
      deleteCheckpoint = true,
      doubleCheckpoint = false,
      onMismatch = 'error',
      name = 'backup',
    } = options;
    this.#store = store;
    this.#key = name;
    this.#options = { saveFreq, deleteCheckpoint, doubleCheckpoint, onMismatch };
    this.#preemption = options.preemption;
    this.#keys = this.#openKeys();
    this.#writer = new BackupWriter(this.#keys);
  }

  /** Whether the store holds a checkpoint of this name. Reads all of it: `peek` tells more at the same cost. @throws as `peek` */
  async hasBackup(): Promise<boolean> {
    return (await this.peek()) !== undefined;
  }

  /**
   * What a fit would find in the store, or undefined where there is nothing: for a page that asks before it builds anything.
   *
   * @throws KEEPFIT_CHECKPOINT_CORRUPT, KEEPFIT_CHECKPOINT_VERSION, and what the store throws.
   */
  async peek(): Promise<BackupSummary | undefined> {
    const found = await this.#openKeys().load();
    if (found === undefined) return undefined;
    const { epoch, batch, step } = savedProgress(found.training);
    const { savedAt, library: writer } = found.header;
    return { epoch, batch, step, savedAt: new Date(savedAt), library: writer };
  }

  /**
   * Backs up at the next batch boundary, whatever `saveFreq` says, and trains on: for a page that was hidden and may soon be gone.
   * Does nothing where no training runs.
   */
  backUpSoon(): void {
    this.#isAsked = true;
  }

  getState(): StateRecord {
    return { batchesSinceBackup: this.#batchesSinceBackup, hasUnsaved: this.#hasUnsaved };
  }

  setState(state: StateRecord): void {
    this.#batchesSinceBackup = Number(state['batchesSinceBackup']);
    // Of two with different stores, the one behind has something to save even where nothing more is trained.
    this.#hasUnsaved = state['hasUnsaved'] === true;
  }

  async onTrainBegin(): Promise<void> {
    this.#reset();
    this.model.defer(claimKey(this.#store, this.#key));
    await this.#takeLocks();
    this.#isInFit = true;
    this.model.defer(() => this.#leave());
    const found = await this.#keys.load();
    const resumed = found !== undefined && (await this.#restore(found));
    if (!resumed) this.#requestFirstBackup();
  }

  onTrainBatchBegin(batch: number): void {
    this.#writer.throwFailure();
    this.#firstBatch = batch;
  }

  onTrainBatchEnd(batch: number): void {
    this.#batchesSinceBackup += batch - this.#firstBatch + 1;
    this.#hasUnsaved = true;
    const { saveFreq } = this.#options;
    this.#backUpIf(saveFreq !== 'epoch' && this.#batchesSinceBackup >= saveFreq);
  }

  onTestBatchEnd(): void {
    if (!this.#isInFit) return;
    this.#writer.throwFailure();
    this.#backUpIf(false);
  }

  onEpochEnd(): void {
    this.#hasUnsaved = true;
    this.#backUpIf(this.#options.saveFreq === 'epoch');
  }

  async onTrainEnd(): Promise<void> {
    await this.#writer.waitAndThrow();
    if (this.model.keepLastBackup) return;
    if (this.#options.deleteCheckpoint) await this.#keys.delete();
    else if (this.#hasUnsaved) this.#requestBackup();
  }

  #openKeys(): BackupKeys {
    return new BackupKeys(this.#store, this.#key, this.#options.doubleCheckpoint);
  }

  #reset(): void {
    this.#keys = this.#openKeys();
    this.#writer = new BackupWriter(this.#keys);
    this.#batchesSinceBackup = 0;
    this.#hasUnsaved = false;
    this.#isAsked = false;
  }

  /** Of each key that is written to: who takes a key's lock removes what a kill has left of it. */
  async #takeLocks(): Promise<void> {
    if (!this.#store.supports.locking) return;
    for (const key of this.#keys.written) {
      const lock = await this.#store.lock?.(key);
      this.model.defer(() => lock?.release());
    }
  }

  async #leave(): Promise<void> {
    this.#isInFit = false;
    await this.#writer.waitAndThrow();
  }

  /** Resolves whether the checkpoint is what training continues from. */
  async #restore({ key, header, training }: LoadedCheckpoint): Promise<boolean> {
    this.#writer.startAfter(header);
    const differences = this.model.compare(training);
    if (differences.length > 0) {
      const { onMismatch } = this.#options;
      const decision = typeof onMismatch === 'function' ? onMismatch(differences) : onMismatch;
      if (decision === 'restart') return false;
      const isPossible = differences.every((difference) => difference.canContinue);
      if (decision !== 'continue' || !isPossible) {
        throw new KeepfitError('KEEPFIT_CHECKPOINT_MISMATCH', mismatchMessage(key, differences));
      }
    }
    this.#writer.continueRun(header);
    const isFurthest = await this.model.restore(training);
    if (isFurthest && this.params.verbose !== 0) {
      const age = (Date.now() - Date.parse(header.savedAt)) / 1000;
      console.log(resumeAnnouncement(savedProgress(training), this.params, age));
    }
    return true;
  }

  #backUpIf(isDue: boolean): void {
    if (this.#preemption?.aborted) this.#requestLastBackup();
    else if (isDue || this.#isAsked) this.#requestBackup();
  }

  #requestBackup(): void {
    this.#noteRequest();
    this.model.requestBackup(async (capture) => {
      await this.#writer.untilIdle();
      if (this.#writer.hasFailed || this.model.keepLastBackup) capture.dispose();
      else this.#writer.start(capture);
    });
  }

  /** The checkpoint of step 0. Awaited: no batch is trained that a kill could lose, and a store that cannot write says so at once. */
  #requestFirstBackup(): void {
    this.#noteRequest();
    this.model.requestBackup(async (capture) => {
      this.#writer.start(capture);
      await this.#writer.waitAndThrow();
    });
  }

  /** Backs up, waits for it, and ends the training. */
  #requestLastBackup(): void {
    this.#noteRequest();
    this.model.requestBackup(async (capture) => {
      await this.#writer.untilIdle();
      const { keepLastBackup } = this.model;
      if (keepLastBackup || this.#writer.hasFailed) capture.dispose();
      else this.#writer.start(capture);
      await this.#writer.waitAndThrow();
      const done = keepLastBackup ? 'The last good backup was kept' : 'It is backed up';
      throw new KeepfitError(
        'KEEPFIT_INTERRUPTED',
        `${interruption(capture.state.progress)}. ${done}; run fit again to continue`,
      );
    });
  }

  #noteRequest(): void {
    this.#isAsked = false;
    this.#batchesSinceBackup = 0;
    this.#hasUnsaved = false;
  }
}

function interruption({ epoch, batch }: TrainingProgress): string {
  return `training was interrupted in epoch ${epoch + 1} after batch ${batch}`;
}
