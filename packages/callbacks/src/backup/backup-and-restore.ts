import { Callback } from '../callbacks/callback.js';
import { checkStore } from '../checks/check-options.js';
import { readState } from '../checks/read-state.js';
import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { printText } from '../contract/print.js';
import type { StateRecord, TrainingCapture } from '../contract/state.js';
import type { BackupRequestOptions } from '../contract/trainer-view.js';
import { readProgress } from '../format/read-progress.js';
import { claimKey } from '../storage/claim-key.js';
import { StoreLocks } from '../storage/store-locks.js';
import { StoreWait } from '../storage/store-wait.js';
import type { LoadedCheckpoint } from '../stored/read-checkpoints.js';
import { timers } from '../timers.js';
import {
  type BackupAndRestoreOptions,
  type BackupSummary,
  checkBackupOptions,
} from './backup-and-restore-options.js';
import { BackupKeys } from './backup-keys.js';
import { BackupSchedule, scheduleRules } from './backup-schedule.js';
import { BackupWriter } from './backup-writer.js';
import { createInterruption, formatResume } from './messages.js';
import { decideOnMismatch } from './mismatch.js';
import { waitForLock } from './wait-for-lock.js';

/**
 * Saves the training state as it goes and continues from it after a crash, bit for bit.
 *
 * If the store holds a checkpoint when fit begins, training continues with the batch after the last saved
 * one: weights, optimizer, learning rate, shuffling, dropout, metrics, history and the state of every
 * callback are as they were. If it holds none, a first one is written before the first batch, so that a
 * resume after a kill at any time is exact.
 *
 * ```ts
 * await trainer.fit(x, y, { epochs: 10, callbacks: [new BackupAndRestore(fsStore('runs/digits/backup'))] });
 * ```
 *
 * A backup holds references to the tensors of its instant and is written while training continues. At most
 * one is in flight; a backup that is due waits for it. A failed backup rejects fit at the next batch
 * boundary; the last good checkpoint stays. `fit` settles only when the last backup is safe. When training
 * completes the checkpoint is deleted, unless `TerminateOnNaN` ended it.
 *
 * A trainer may verify its steps only now and then, as one with recorded steps does. Then a second checkpoint keeps
 * the last verified state beside the newest.
 *
 * Named after Keras' callback, which restores weights, optimizer and epoch only.
 */
export class BackupAndRestore extends Callback {
  override readonly name = 'BackupAndRestore';
  override readonly batchLogs = false;
  override readonly outermost = true;

  readonly #store: CheckpointStore;
  readonly #key: string;
  readonly #options: Readonly<
    Required<Pick<BackupAndRestoreOptions, 'deleteCheckpoint' | 'doubleCheckpoint' | 'onMismatch'>>
  >;
  readonly #preemption: AbortSignal | undefined;
  /** In ms. */
  readonly #preemptionTimeout: number;
  /** In ms. */
  readonly #lockTimeout: number;
  readonly #schedule: BackupSchedule;
  #use: StoreUse;
  #isInFit = false;
  #firstBatch = 0;
  #isRequested = false;

  /** @throws KEEPFIT_INVALID_OPTION when the store or an option is invalid. */
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
      preemptionTimeout = 20,
      lockTimeout = 0,
      now = timers.now,
    } = options;
    this.#store = store;
    this.#key = name;
    this.#options = { deleteCheckpoint, doubleCheckpoint, onMismatch };
    this.#schedule = new BackupSchedule(saveFreq, now);
    this.#preemption = options.preemption;
    this.#preemptionTimeout = preemptionTimeout * 1000;
    this.#lockTimeout = lockTimeout * 1000;
    this.#use = this.#openStore();
  }

  /**
   * Whether the store holds a checkpoint of this name. Reads all of it: `peek` tells more at the same cost.
   *
   * @throws KEEPFIT_CHECKPOINT_CORRUPT when no checkpoint passes every check.
   * @throws KEEPFIT_CHECKPOINT_WEIGHTS_ONLY when it holds weights alone.
   * @throws KEEPFIT_CHECKPOINT_VERSION when a newer keepfit wrote it.
   */
  async hasBackup(): Promise<boolean> {
    return (await this.peek()) !== undefined;
  }

  /**
   * A summary of the checkpoint that a fit would find in the store, or undefined if there is none: for a page
   * that asks the user before it builds anything. Rejects with the store's error if the store fails.
   *
   * @throws KEEPFIT_CHECKPOINT_CORRUPT when no checkpoint passes every check.
   * @throws KEEPFIT_CHECKPOINT_WEIGHTS_ONLY when it holds weights alone.
   * @throws KEEPFIT_CHECKPOINT_VERSION when a newer keepfit wrote it.
   */
  async peek(): Promise<BackupSummary | undefined> {
    const { wait, keys } = this.#openStore(new StoreWait(this.#store));
    const found = await wait.during(keys.load());
    if (found === undefined) return undefined;
    const { epoch, batch, step } = readProgress(found.training);
    const { savedAt, library: writer } = found.header;
    return { epoch, batch, step, savedAt: new Date(savedAt), library: writer };
  }

  /**
   * Backs up at the next batch boundary, whatever `saveFreq` says, and continues training: for a page that
   * was hidden and may soon be closed. Does nothing if no training runs.
   */
  backUpSoon(): void {
    this.#isRequested = true;
  }

  override getState(): StateRecord {
    return this.#schedule.getState();
  }

  /** @throws KEEPFIT_CHECKPOINT_CORRUPT when the state is not one of this callback. */
  override setState(state: StateRecord): void {
    this.#schedule.restore(readState(this.name, state, scheduleRules));
  }

  override async onTrainBegin(): Promise<void> {
    this.#reset();
    this.#use.wait.endWith(this.model);
    await this.#acquireLocks();
    this.#isInFit = true;
    this.model.defer(() => this.#leave());
    const { wait, keys } = this.#use;
    const found = await wait.during(keys.load());
    const resumed = found !== undefined && (await this.#restore(found));
    if (!resumed) this.#requestFirstBackup();
  }

  override onTrainBatchBegin(batch: number): void {
    this.#use.writer.throwFailure();
    this.#firstBatch = batch;
  }

  override onTrainBatchEnd(batch: number): void {
    this.#backUpIf(this.#schedule.noteBatches(batch - this.#firstBatch + 1));
  }

  override onTestBatchEnd(): void {
    if (this.#isInFit) this.#backUpIf(false);
  }

  override onEpochEnd(): void {
    this.#backUpIf(this.#schedule.noteEpochEnd());
  }

  override async onTrainEnd(): Promise<void> {
    await this.#use.writer.waitAndThrow();
    const { wait, keys } = this.#use;
    const { keepLastBackup } = this.model;
    const isKept = keepLastBackup || !this.#options.deleteCheckpoint;
    await wait.during(isKept ? keys.keepNewest() : keys.delete());
    if (isKept && !keepLastBackup && this.#schedule.hasUnsaved) this.#requestBackup();
  }

  #openStore(wait = new StoreWait(this.#store, this.#preemption, this.#preemptionTimeout)): StoreUse {
    const locks = new StoreLocks(wait);
    const isLocked = (key: string) => locks.holds(key);
    const keys = new BackupKeys(wait.store, this.#key, this.#options.doubleCheckpoint, isLocked);
    return { wait, locks, keys, writer: new BackupWriter(keys, wait) };
  }

  #reset(): void {
    this.#use = this.#openStore();
    this.#schedule.restart();
    this.#isRequested = false;
  }

  async #acquireLocks(): Promise<void> {
    const { keys, locks } = this.#use;
    const keepsVerified = this.model.verifiesLater === true && !this.#options.doubleCheckpoint;
    const release = await waitForLock(() => this.#acquire(keepsVerified ? [keys.second] : []), {
      timeout: this.#lockTimeout,
      preemption: this.#preemption,
      say: (text) => this.#say(text),
    });
    this.model.defer(release);
    // If somebody else uses that key, this training does without it.
    if (keepsVerified && (!this.#store.supports.locking || locks.holds(keys.second))) keys.keepVerified();
  }

  /** Resolves to the function that releases what was acquired. */
  async #acquire(wanted: readonly string[]): Promise<() => Promise<void>> {
    const free = claimKey(this.#store, this.#key);
    const { keys, locks } = this.#use;
    try {
      const release = this.#store.supports.locking && (await locks.acquireTogether(keys.written, wanted));
      return async () => {
        free();
        if (release) await release();
      };
    } catch (error) {
      free();
      throw error;
    }
  }

  async #leave(): Promise<void> {
    this.#isInFit = false;
    const { writer, wait, keys } = this.#use;
    try {
      await writer.waitAndThrow();
    } finally {
      if (!wait.ended.aborted) await wait.during(keys.deleteFailed());
    }
  }

  /** Resolves to whether training continues from the checkpoint. */
  async #restore({ key, header, training }: LoadedCheckpoint): Promise<boolean> {
    readProgress(training);
    this.#use.writer.startAfter(header);
    const differences = await this.model.compare(training);
    if (!decideOnMismatch(key, header, differences, this.#options.onMismatch)) return false;
    this.#use.writer.continueRun(header);
    const isFurthest = await this.model.restore(training);
    if (isFurthest) {
      const age = (Date.now() - Date.parse(header.savedAt)) / 1000;
      this.#say(formatResume(readProgress(training), this.params, age));
    }
    return true;
  }

  #say(text: string): void {
    if (this.params.verbose !== 0) printText(text);
  }

  #backUpIf(isDue: boolean): void {
    this.#use.writer.throwFailure();
    if (this.#preemption?.aborted) this.#requestLastBackup();
    else if (isDue || this.#isRequested) this.#requestBackup({ unverified: this.#use.keys.canKeepVerified });
  }

  #requestBackup(options?: BackupRequestOptions): void {
    this.#request(async (capture) => {
      await this.#use.writer.waitUntilIdle();
      if (this.#use.writer.hasFailed || this.model.keepLastBackup) capture.dispose();
      else this.#use.writer.start(capture);
    }, options);
  }

  /**
   * Requests the checkpoint of step 0 and awaits it: a kill can lose no batch, and a store that cannot write
   * fails at once.
   */
  #requestFirstBackup(): void {
    this.#request(async (capture) => {
      this.#use.writer.start(capture);
      await this.#use.writer.waitAndThrow();
    });
  }

  /** Backs up, waits for it, and ends the training. */
  #requestLastBackup(): void {
    this.#request(async (capture) => {
      await this.#use.writer.waitUntilIdle();
      const { keepLastBackup } = this.model;
      if (keepLastBackup || this.#use.writer.hasFailed) capture.dispose();
      else this.#use.writer.start(capture);
      await this.#use.writer.waitAndThrow();
      throw createInterruption(capture.state.progress, !keepLastBackup);
    });
  }

  #request(sink: (capture: TrainingCapture) => Promise<void>, options?: BackupRequestOptions): void {
    this.#isRequested = false;
    this.#schedule.noteRequest();
    this.model.requestBackup((capture) => {
      this.#schedule.noteCapture();
      return sink(capture);
    }, options);
  }
}

/** What one fit uses of the store. */
interface StoreUse {
  readonly wait: StoreWait;
  readonly locks: StoreLocks;
  readonly keys: BackupKeys;
  readonly writer: BackupWriter;
}
