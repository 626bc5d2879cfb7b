import { type BackupAndRestoreOptions, checkBackupOptions } from './backup-and-restore-options.js';
import { Callback } from './callback.js';
import type { SavedTraining, TrainingCapture, TrainingProgress } from './capture.js';
import { type LoadedCheckpoint, CheckpointSlots } from './checkpoint-slots.js';
import type { CheckpointStore } from './checkpoint-store.js';
import { encodeCheckpoint } from './format/encode-checkpoint.js';
import { isKeepfitError, KeepfitError } from './keepfit-error.js';
import { mismatchMessage } from './mismatch-message.js';
import { randomId } from './random-id.js';
import { savedProgress } from './saved-progress.js';
import type { StateRecord } from './state-value.js';
import { takeInProcess } from './take-in-process.js';
import { version as library } from './version.js';

/** A backup in a few words. */
export interface BackupSummary {
  /** The epoch at hand, from 0. */
  readonly epoch: number;
  /** How many batches of that epoch are trained. */
  readonly batch: number;
  /** How many batches are trained since epoch 0. */
  readonly step: number;
  readonly savedAt: Date;
  /** The version of keepfit that wrote it. */
  readonly library: string;
}

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
  #slots: CheckpointSlots;
  #runId = '';
  #generation = 0;
  #batchesSinceBackup = 0;
  #lastBatch = -1;
  #hasUnsaved = false;
  #isAsked = false;
  #inFlight: Promise<void> | undefined;
  #failure: unknown;

  /** @throws KEEPFIT_INVALID_OPTION */
  constructor(store: CheckpointStore, options: BackupAndRestoreOptions = {}) {
    super();
    checkStore(store);
    checkBackupOptions(options);
    const { saveFreq = 'epoch', deleteCheckpoint = true, doubleCheckpoint = false, onMismatch = 'error', name = 'backup' } = options;
    this.#store = store;
    this.#key = name;
    this.#options = { saveFreq, deleteCheckpoint, doubleCheckpoint, onMismatch };
    this.#preemption = options.preemption;
    this.#slots = this.#openSlots();
  }

  /** Whether the store holds a checkpoint of this name. Reads all of it: `peek` tells more at the same cost. */
  async hasBackup(): Promise<boolean> {
    return (await this.peek()) !== undefined;
  }

  /**
   * What a fit would find in the store, or undefined where there is nothing: for a page that asks before it builds anything.
   *
   * @throws KEEPFIT_CHECKPOINT_CORRUPT, KEEPFIT_CHECKPOINT_VERSION, and what the store throws.
   */
  async peek(): Promise<BackupSummary | undefined> {
    const found = await this.#openSlots().load();
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
    this.model.defer(takeInProcess(this.#store, this.#key));
    if (this.#store.supports.locking) {
      const lock = await this.#store.lock?.(this.#key);
      this.model.defer(() => lock?.release());
    }
    this.model.defer(() => this.#settle());
    const found = await this.#slots.load();
    const resumed = found !== undefined && (await this.#restore(found));
    if (!resumed) this.#requestFirstBackup();
  }

  onEpochBegin(): void {
    this.#lastBatch = -1;
  }

  onTrainBatchBegin(batch: number): void {
    this.#throwFailure();
    // Within a resumed epoch the first batch is not 0.
    if (this.#lastBatch < 0) this.#lastBatch = batch - 1;
  }

  onTrainBatchEnd(batch: number): void {
    this.#batchesSinceBackup += batch - this.#lastBatch;
    this.#lastBatch = batch;
    this.#hasUnsaved = true;
    const { saveFreq } = this.#options;
    if (this.#preemption?.aborted) this.#requestLastBackup();
    else if (this.#isAsked || (saveFreq !== 'epoch' && this.#batchesSinceBackup >= saveFreq)) this.#requestBackup();
  }

  onTestBatchEnd(): void {
    this.#throwFailure();
    if (this.#preemption?.aborted) this.#requestLastBackup();
  }

  onEpochEnd(): void {
    this.#hasUnsaved = true;
    if (this.#preemption?.aborted) this.#requestLastBackup();
    else if (this.#isAsked || this.#options.saveFreq === 'epoch') this.#requestBackup();
  }

  async onTrainEnd(): Promise<void> {
    await this.#settle();
    if (this.model.keepLastBackup) return;
    if (this.#options.deleteCheckpoint) await this.#slots.delete();
    else if (this.#hasUnsaved) this.#requestBackup();
  }

  #openSlots(): CheckpointSlots {
    return new CheckpointSlots(this.#store, this.#key, this.#options.doubleCheckpoint);
  }

  #reset(): void {
    this.#slots = this.#openSlots();
    this.#runId = randomId();
    this.#generation = 0;
    this.#batchesSinceBackup = 0;
    this.#hasUnsaved = false;
    this.#isAsked = false;
    this.#failure = undefined;
  }

  /** Resolves whether the checkpoint is what training continues from. */
  async #restore({ key, header, training }: LoadedCheckpoint): Promise<boolean> {
    this.#generation = header.generation;
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
    this.#runId = header.runId;
    const isFurthest = await this.model.restore(training);
    if (isFurthest && this.params.verbose !== 0) console.log(this.#announcement(training, header.savedAt));
    return true;
  }

  #announcement(training: SavedTraining, savedAt: string): string {
    const { epoch, batch } = savedProgress(training);
    const { epochs, steps } = this.params;
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(savedAt)) / 1000));
    const place = batch === 0 ? '' : `, batch ${batch}${steps === null ? '' : ` of ${steps}`}`;
    const where = epoch >= epochs ? `the end of epoch ${epoch} of ${epochs}` : `epoch ${epoch + 1} of ${epochs}${place}`;
    return `Resumed at ${where}, from a backup ${seconds} s old.`;
  }

  #requestBackup(): void {
    this.#noteRequest();
    this.model.requestBackup(async (capture) => {
      await this.#inFlight;
      if (this.#failure === undefined && !this.model.keepLastBackup) this.#inFlight = this.#write(capture);
      else capture.dispose();
    });
  }

  /** The checkpoint of step 0. Awaited: no batch is trained that a kill could lose, and a store that cannot write says so at once. */
  #requestFirstBackup(): void {
    this.#noteRequest();
    this.model.requestBackup(async (capture) => {
      await this.#write(capture);
      this.#throwFailure();
    });
  }

  /** Backs up, waits for it, and ends the training. */
  #requestLastBackup(): void {
    this.#noteRequest();
    this.model.requestBackup(async (capture) => {
      await this.#inFlight;
      const { keepLastBackup } = this.model;
      if (keepLastBackup) capture.dispose();
      else await this.#write(capture);
      this.#throwFailure();
      const done = keepLastBackup ? 'The last good backup was kept' : 'It is backed up';
      throw new KeepfitError('KEEPFIT_INTERRUPTED', `${interruption(capture.state.progress)}. ${done}; run fit again to continue`);
    });
  }

  #noteRequest(): void {
    this.#isAsked = false;
    this.#batchesSinceBackup = 0;
    this.#hasUnsaved = false;
  }

  /** Never rejects: a failure is kept for the next batch boundary. */
  async #write(capture: TrainingCapture): Promise<void> {
    try {
      this.#generation += 1;
      const header = { runId: this.#runId, generation: this.#generation, savedAt: new Date().toISOString(), library };
      await this.#slots.write(encodeCheckpoint(capture, header));
    } catch (error) {
      this.#failure = error;
    } finally {
      capture.dispose();
    }
  }

  async #settle(): Promise<void> {
    await this.#inFlight;
    this.#inFlight = undefined;
    this.#throwFailure();
  }

  #throwFailure(): void {
    const failure = this.#failure;
    if (failure === undefined) return;
    this.#failure = undefined;
    if (isKeepfitError(failure)) throw failure;
    const reason = failure instanceof Error ? failure.message : String(failure);
    throw new KeepfitError('KEEPFIT_BACKUP_FAILED', `the backup could not be written, and the last good checkpoint is intact: ${reason}`, {
      cause: failure,
    });
  }
}

function interruption({ epoch, batch }: TrainingProgress): string {
  return `training was interrupted in epoch ${epoch + 1} after batch ${batch}`;
}

function checkStore(store: CheckpointStore): void {
  const candidate = store as Partial<CheckpointStore> | null | undefined;
  if (typeof candidate?.get === 'function' && typeof candidate.set === 'function' && typeof candidate.supports === 'object') return;
  throw new KeepfitError('KEEPFIT_INVALID_OPTION', `the store of BackupAndRestore must be a CheckpointStore, such as memoryStore() or fsStore('runs/backup')`);
}
