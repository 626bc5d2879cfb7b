import { checkStore } from '../checks/check-options.js';
import type { LogValues } from '../contract/callback-hooks.js';
import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { printText } from '../contract/print.js';
import type { StateRecord } from '../contract/state.js';
import { Callback } from './callback.js';
import { createRandomId } from './create-random-id.js';
import { KeyPattern } from './key-pattern.js';
import { checkModelCheckpointOptions, type ModelCheckpointOptions } from './model-checkpoint-options.js';
import { readModelCheckpointState, type SavedModelCheckpoint } from './model-checkpoint-state.js';
import { type ModelFile, ModelFiles } from './model-files.js';
import { findTwin, Monitor, type Observation } from './monitor.js';
import { NeededLogs } from './needed-logs.js';

/** A whole training that was requested and is not yet written. */
interface Pending {
  readonly file: ModelFile;
  /** That of a killed run may differ. */
  readonly pattern: KeyPattern;
}

type Moment = { readonly epoch: number; readonly batch: number | undefined };

/**
 * Keeps models as they were during training, each one or the best, under keys of a store.
 *
 * ```ts
 * const store = fsStore('runs/digits/models');
 * new ModelCheckpoint(store, { keyPattern: 'best', monitor: 'val_accuracy', saveBestOnly: true })
 * ```
 *
 * Training waits until a checkpoint is written. `loadWeights` and `loadTraining` read it. To continue after a crash, use
 * `BackupAndRestore`. Remembers, also across a crash: the best value, the batches since the last checkpoint, and with
 * `maxToKeep` the checkpoints that it has written.
 *
 * While a fit runs, no other training may write the keys of its pattern: a second one fails with
 * KEEPFIT_STORE_LOCKED when it begins. Patterns that differ only in their placeholders count as one.
 */
export class ModelCheckpoint extends Callback {
  override readonly name = 'ModelCheckpoint';
  override readonly batchLogs: boolean;
  /** The best value; undefined before there is one. Kept from one training to the next, as in Keras. */
  best: number | undefined;

  readonly #options: Readonly<
    Required<Pick<ModelCheckpointOptions, 'verbose' | 'saveBestOnly' | 'saveWeightsOnly' | 'saveFreq'>> &
      Pick<ModelCheckpointOptions, 'initialValueThreshold' | 'maxToKeep'>
  >;
  readonly #monitorKey: string;
  readonly #monitor: Monitor;
  /** Whether the monitored log decides anything. */
  readonly #isMonitoring: boolean;
  readonly #pattern: KeyPattern;
  readonly #files: ModelFiles;
  readonly #neededLogs: NeededLogs;
  #epoch = 0;
  #firstBatch = 0;
  #batchesSinceSave = 0;
  #saves = 0;
  #pending: Pending | undefined;
  /** `initialValueThreshold` until a value beats it. */
  #threshold: number | undefined;

  /** @throws KEEPFIT_INVALID_OPTION when the store or an option is invalid. */
  constructor(store: CheckpointStore, options: ModelCheckpointOptions = {}) {
    super();
    checkStore('ModelCheckpoint', store);
    checkModelCheckpointOptions(store, options);
    const { verbose = 0, saveBestOnly = false, saveWeightsOnly = false, saveFreq = 'epoch' } = options;
    const { initialValueThreshold, maxToKeep, monitor = 'val_loss' } = options;
    this.#options = { verbose, saveBestOnly, saveWeightsOnly, saveFreq, initialValueThreshold, maxToKeep };
    // Batches never have the default log: only the newest are kept then.
    const canMonitor = saveFreq === 'epoch' || options.monitor !== undefined;
    this.#isMonitoring = saveBestOnly || (maxToKeep !== undefined && canMonitor);
    this.#monitorKey = monitor;
    const ifMissing = saveBestOnly
      ? '. ModelCheckpoint with saveBestOnly writes nothing in such an epoch'
      : '. For maxToKeep, no checkpoint of such an epoch is the best';
    this.#monitor = new Monitor(this.name, monitor, options.mode ?? 'auto', 0, ifMissing);
    this.#pattern = new KeyPattern(options.keyPattern ?? 'epoch-{epoch}', 'keyPattern of ModelCheckpoint');
    const runId = maxToKeep === undefined ? this.name : `${this.name}-${createRandomId()}`;
    this.#files = new ModelFiles(store, this.#pattern, runId, maxToKeep);
    this.best = initialValueThreshold;
    this.#threshold = initialValueThreshold;
    this.#neededLogs = new NeededLogs(
      saveFreq,
      this.#isMonitoring ? monitor : undefined,
      this.#pattern.names,
    );
    this.batchLogs = this.#neededLogs.areOfBatches;
  }

  override getState(): StateRecord {
    const { list, runId } = this.#files;
    return {
      best: this.best ?? null,
      threshold: this.#threshold ?? null,
      batchesSinceSave: this.#batchesSinceSave,
      saves: this.#saves,
      pendingKey: this.#pending?.file.key ?? null,
      pendingPattern: String(this.#pending?.pattern ?? ''),
      ...this.#monitor.describe(),
      ...(this.#options.maxToKeep !== undefined && {
        pendingValue: this.#pending?.file.value ?? null,
        files: list,
        runId,
        keyPattern: String(this.#pattern),
      }),
    };
  }

  /** @throws KEEPFIT_CHECKPOINT_CORRUPT when the state is not one of this callback. */
  override setState(state: StateRecord): void {
    const saved = readModelCheckpointState(this.name, state);
    const { batchesSinceSave, saves, pendingKey, pendingValue } = saved;
    const text = saved.pendingPattern || saved.keyPattern;
    const pattern =
      text === '' ? this.#pattern : new KeyPattern(text, 'the saved keyPattern of ModelCheckpoint');
    this.#restoreBest(saved);
    this.#batchesSinceSave = batchesSinceSave;
    this.#saves = saves;
    if (this.#options.maxToKeep !== undefined) this.#restoreFiles(saved);
    this.#pending = undefined;
    // The restored backup may have become durable before the checkpoint that was requested at the same point.
    if (pendingKey !== null) this.#requestTraining({ key: pendingKey, value: pendingValue }, pattern);
  }

  /** Of a value that a model had and the threshold of now, the better one holds. A former threshold is forgotten. */
  #restoreBest(saved: SavedModelCheckpoint): void {
    const isComparable = this.#monitor.isComparable(saved, this.model);
    if (!isComparable && saved.best !== null && this.#options.saveBestOnly)
      this.#monitor.warnOfChange(saved, 'its best value begins');
    const isOfModel = isComparable && saved.best !== null && saved.best !== saved.threshold;
    const threshold = this.#options.initialValueThreshold;
    this.best = (isOfModel ? saved.best : null) ?? threshold;
    if (isOfModel && threshold !== undefined) {
      const values = [{ value: saved.best }, { value: threshold }];
      this.best = this.#monitor.findBest(values, this.model)?.value ?? undefined;
    }
    this.#threshold = this.best === threshold ? threshold : undefined;
  }

  #restoreFiles({ files, runId, keyPattern, monitor }: SavedModelCheckpoint): void {
    // Those of another pattern may be of another ModelCheckpoint, so that this one must not delete them.
    if (keyPattern !== '' && keyPattern !== String(this.#pattern)) return;
    const isComparable = ['', this.#monitorKey, findTwin(this.#monitorKey)].includes(monitor);
    this.#files.list = isComparable ? files : files.map(({ key }) => ({ key, value: null }));
    if (runId !== '') this.#files.runId = runId;
  }

  /**
   * @throws KEEPFIT_INVALID_OPTION when a number as `saveFreq` would need logs of the validation.
   * @throws KEEPFIT_STORE_LOCKED when another training writes the same keys.
   */
  override onTrainBegin(): Promise<void> {
    this.#monitor.reset();
    this.#pending = undefined;
    this.#neededLogs.begin();
    return this.#files.begin(this.model);
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  override onTrainBatchBegin(batch: number): void {
    this.#files.throwIfEnded();
    this.#firstBatch = batch;
  }

  override async onTrainBatchEnd(batch: number, logs: LogValues): Promise<void> {
    this.#files.throwIfEnded();
    const { saveFreq } = this.#options;
    if (saveFreq === 'epoch') return;
    this.#neededLogs.checkBatch(logs);
    this.#batchesSinceSave += batch - this.#firstBatch + 1;
    if (this.#batchesSinceSave < saveFreq) return;
    this.#batchesSinceSave = 0;
    await this.#save({ epoch: this.#epoch, batch }, logs);
  }

  override async onEpochEnd(epoch: number, logs: LogValues): Promise<void> {
    this.#files.throwIfEnded();
    if (this.#options.saveFreq === 'epoch') await this.#save({ epoch, batch: undefined }, logs);
  }

  override onTrainEnd(): void {
    this.#files.throwIfEnded();
  }

  async #save(moment: Moment, logs: LogValues): Promise<void> {
    const { epoch, batch } = moment;
    const place = `\nEpoch ${epoch + 1}`;
    if (this.#neededLogs.isWithoutValidation(logs)) return;
    const seen = this.#isMonitoring ? this.#monitor.observe(logs, this.model) : undefined;
    if (this.#options.saveBestOnly && !this.#isBest(seen, place)) return;
    const key = this.#pattern.fill({
      ...logs,
      epoch: epoch + 1,
      ...(batch === undefined ? {} : { batch: batch + 1 }),
    });
    this.#log(`${place}: saving the ${this.#options.saveWeightsOnly ? 'weights' : 'training'} as ${key}.`);
    const file = { key, value: seen?.value ?? null };
    if (this.#options.saveWeightsOnly) await this.#writeWeights(file, moment, logs);
    else this.#requestTraining(file, this.#pattern);
  }

  #isBest(seen: Observation | undefined, place: string): boolean {
    if (seen === undefined) return false;
    const { best } = this;
    const isBest = seen.isBetterThan(best);
    if (isBest) [this.best, this.#threshold] = [seen.value, undefined];
    const change = isBest
      ? `improved from ${best ?? 'none'} to ${seen.value}`
      : `did not improve from ${best ?? 'none'}`;
    this.#log(`${place}: ${this.#monitorKey} ${change}.`);
    return isBest;
  }

  async #writeWeights(file: ModelFile, { epoch, batch }: Moment, logs: LogValues): Promise<void> {
    const weights = this.model.captureWeights();
    const state = { content: 'weights', epoch, batch: batch ?? null, logs: { ...logs } };
    try {
      await this.#files.write(file, (this.#saves += 1), { entries: weights.entries, state });
    } finally {
      weights.dispose();
    }
    await this.#deleteOldest();
  }

  #requestTraining(file: ModelFile, pattern: KeyPattern): void {
    this.#pending = { file, pattern };
    const isOwn = String(pattern) === String(this.#pattern);
    this.model.requestBackup(async (capture) => {
      const generation = (this.#saves += 1);
      try {
        if (isOwn) await this.#files.write(file, generation, capture);
        else await this.#files.writeFormer(file, generation, capture, pattern);
        this.#pending = undefined;
      } finally {
        capture.dispose();
      }
      await this.#deleteOldest();
    });
  }

  #deleteOldest(): Promise<void> {
    return this.#files.deleteOldest((files) => this.#monitor.findBest(files, this.model));
  }

  #log(message: string): void {
    if (this.#options.verbose > 0) printText(message);
  }
}
