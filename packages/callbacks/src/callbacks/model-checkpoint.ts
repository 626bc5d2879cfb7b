import { checkOptions, checkStore, isBoolean, isPositiveInteger } from '../checks/check-options.js';
import { isKey } from '../checks/check-key.js';
import { BEST, COUNT, readState, type StateRule } from '../checks/read-state.js';
import type { LogValues } from '../contract/callback-hooks.js';
import type { CheckpointStore } from '../contract/checkpoint-store.js';
import type { CaptureEntry, StateRecord } from '../contract/state.js';
import { encodeCheckpoint } from '../format/encode-checkpoint.js';
import { StoreWait } from '../storage/store-wait.js';
import { version as library } from '../version.js';
import { Callback } from './callback.js';
import { KeyPattern } from './key-pattern.js';
import { Monitor, type MonitorMode, monitorRules, THRESHOLD } from './monitor.js';
import { NeededLogs } from './needed-logs.js';
import { printText } from '../contract/print.js';

export interface ModelCheckpointOptions {
  /**
   * The key in the store, with placeholders for the epoch (from 1), the batch (from 1; only if `saveFreq` is
   * a number) and any log: `'epoch-{epoch:02d}-{val_loss:.4f}'`. A key without placeholders is overwritten
   * each time. If the key needs a log of the validation, an epoch without validation writes nothing.
   *
   * @default 'epoch-{epoch}'
   */
  readonly keyPattern?: string;
  /** The log that decides which is best. @default 'val_loss' */
  readonly monitor?: string;
  /** 1 logs when a checkpoint is written. @default 0 */
  readonly verbose?: 0 | 1;
  /**
   * Write only if the monitored log is the best so far. An epoch without the log, or with NaN, writes
   * nothing.
   *
   * @default false
   */
  readonly saveBestOnly?: boolean;
  /**
   * Write the weights alone. If false, the checkpoint holds the whole training: a `BackupAndRestore` with its
   * key as `name` continues from it. Weights alone take less space, with Adam a third.
   *
   * @default false
   */
  readonly saveWeightsOnly?: boolean;
  /** Whether the monitored log should fall or rise; `'auto'` depends on the metric. @default 'auto' */
  readonly mode?: MonitorMode;
  /**
   * Write at the end of each epoch, or each time this many batches were trained. A number needs a monitored log
   * that each batch has, and not one of the validation.
   *
   * @default 'epoch'
   */
  readonly saveFreq?: 'epoch' | number;
  /** A value that the first checkpoint must beat. Only with `saveBestOnly`. @default none */
  readonly initialValueThreshold?: number;
}

/** Null in states from before there was one. */
const PENDING_KEY: StateRule<string | null> = [
  (value): value is string | null => value === null || isKey(value),
  'a key of a store, or null if none waits',
  null,
];

type Moment = { readonly epoch: number; readonly batch: number | undefined };

/**
 * Keeps models as they were during training, each one or the best, under keys of a store.
 *
 * ```ts
 * const store = fsStore('runs/digits/models');
 * new ModelCheckpoint(store, { keyPattern: 'best', monitor: 'val_accuracy', saveBestOnly: true })
 * ```
 *
 * Training waits until a checkpoint is written. To continue after a crash, use `BackupAndRestore`. Remembers,
 * also across a crash: the best value, and the batches since the last checkpoint.
 */
export class ModelCheckpoint extends Callback {
  override readonly name = 'ModelCheckpoint';
  override readonly batchLogs: boolean;
  /** The best value; undefined before there is one. Kept from one training to the next, as in Keras. */
  best: number | undefined;

  readonly #store: CheckpointStore;
  #wait: StoreWait;
  readonly #options: Readonly<
    Required<Pick<ModelCheckpointOptions, 'verbose' | 'saveBestOnly' | 'saveWeightsOnly' | 'saveFreq'>> &
      Pick<ModelCheckpointOptions, 'initialValueThreshold'>
  >;
  readonly #monitorKey: string;
  readonly #monitor: Monitor;
  readonly #pattern: KeyPattern;
  readonly #neededLogs: NeededLogs;
  #epoch = 0;
  #firstBatch = 0;
  #batchesSinceSave = 0;
  #saves = 0;
  /** The key of a whole training that was requested and is not yet written. */
  #pendingKey: string | undefined;

  /** @throws KEEPFIT_INVALID_OPTION when the store or an option is invalid. */
  constructor(store: CheckpointStore, options: ModelCheckpointOptions = {}) {
    super();
    checkStore('ModelCheckpoint', store);
    checkOptions('ModelCheckpoint', options, {
      ...monitorRules,
      keyPattern: [(value) => typeof value === 'string', 'a string'],
      saveBestOnly: [isBoolean, 'true or false'],
      saveWeightsOnly: [isBoolean, 'true or false'],
      saveFreq: [
        (value) => value === 'epoch' || isPositiveInteger(value),
        '"epoch" or a positive integer (only BackupAndRestore takes { seconds })',
      ],
      initialValueThreshold: THRESHOLD,
    });
    const { verbose = 0, saveBestOnly = false, saveWeightsOnly = false, saveFreq = 'epoch' } = options;
    const { initialValueThreshold } = options;
    this.#store = store;
    this.#wait = new StoreWait(store);
    this.#options = { verbose, saveBestOnly, saveWeightsOnly, saveFreq, initialValueThreshold };
    this.#monitorKey = options.monitor ?? 'val_loss';
    const ifMissing = '. ModelCheckpoint with saveBestOnly writes nothing in such an epoch';
    this.#monitor = new Monitor(this.name, this.#monitorKey, options.mode ?? 'auto', 0, ifMissing);
    this.#pattern = new KeyPattern(options.keyPattern ?? 'epoch-{epoch}', 'keyPattern of ModelCheckpoint');
    this.best = initialValueThreshold;
    this.#neededLogs = new NeededLogs(
      saveFreq,
      saveBestOnly ? this.#monitorKey : undefined,
      this.#pattern.names,
    );
    this.batchLogs = this.#neededLogs.areOfBatches;
  }

  override getState(): StateRecord {
    return {
      best: this.best ?? null,
      batchesSinceSave: this.#batchesSinceSave,
      saves: this.#saves,
      pendingKey: this.#pendingKey ?? null,
    };
  }

  /** @throws KEEPFIT_CHECKPOINT_CORRUPT when the state is not one of this callback. */
  override setState(state: StateRecord): void {
    const rules = { best: BEST, batchesSinceSave: COUNT, saves: COUNT, pendingKey: PENDING_KEY };
    const { best, batchesSinceSave, saves, pendingKey } = readState(this.name, state, rules);
    this.best = best ?? this.#options.initialValueThreshold;
    this.#batchesSinceSave = batchesSinceSave;
    this.#saves = saves;
    this.#pendingKey = undefined;
    // The restored backup may have become durable before the checkpoint that was requested at the same point.
    if (pendingKey !== null) this.#requestTraining(pendingKey);
  }

  /** @throws KEEPFIT_INVALID_OPTION when a number as `saveFreq` would need logs of the validation. */
  override onTrainBegin(): void {
    this.#wait = new StoreWait(this.#store);
    this.#monitor.reset();
    this.#pendingKey = undefined;
    this.#neededLogs.begin();
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  override onTrainBatchBegin(batch: number): void {
    this.#firstBatch = batch;
  }

  override async onTrainBatchEnd(batch: number, logs: LogValues): Promise<void> {
    const { saveFreq } = this.#options;
    if (saveFreq === 'epoch') return;
    this.#neededLogs.checkBatch(logs);
    this.#batchesSinceSave += batch - this.#firstBatch + 1;
    if (this.#batchesSinceSave < saveFreq) return;
    this.#batchesSinceSave = 0;
    await this.#save({ epoch: this.#epoch, batch }, logs);
  }

  override async onEpochEnd(epoch: number, logs: LogValues): Promise<void> {
    if (this.#options.saveFreq === 'epoch') await this.#save({ epoch, batch: undefined }, logs);
  }

  async #save(moment: Moment, logs: LogValues): Promise<void> {
    const { epoch, batch } = moment;
    const place = `\nEpoch ${epoch + 1}`;
    if (this.#neededLogs.isWithoutValidation(logs)) return;
    if (this.#options.saveBestOnly && !this.#isBest(logs, place)) return;
    const key = this.#pattern.fill({
      ...logs,
      epoch: epoch + 1,
      ...(batch === undefined ? {} : { batch: batch + 1 }),
    });
    this.#log(`${place}: saving the ${this.#options.saveWeightsOnly ? 'weights' : 'training'} as ${key}.`);
    if (this.#options.saveWeightsOnly) await this.#writeWeights(key, moment, logs);
    else this.#requestTraining(key);
  }

  #isBest(logs: LogValues, place: string): boolean {
    const seen = this.#monitor.observe(logs, this.model);
    if (seen === undefined) return false;
    const { best } = this;
    const isBest = seen.isBetterThan(best);
    if (isBest) this.best = seen.value;
    const change = isBest
      ? `improved from ${best ?? 'none'} to ${seen.value}`
      : `did not improve from ${best ?? 'none'}`;
    this.#log(`${place}: ${this.#monitorKey} ${change}.`);
    return isBest;
  }

  async #writeWeights(key: string, { epoch, batch }: Moment, logs: LogValues): Promise<void> {
    const weights = this.model.captureWeights();
    try {
      await this.#write(key, {
        entries: weights.entries,
        state: { content: 'weights', epoch, batch: batch ?? null, logs: { ...logs } },
      });
    } finally {
      weights.dispose();
    }
  }

  #requestTraining(key: string): void {
    this.#pendingKey = key;
    this.model.requestBackup(async (capture) => {
      try {
        await this.#write(key, capture);
        this.#pendingKey = undefined;
      } finally {
        capture.dispose();
      }
    });
  }

  async #write(
    key: string,
    training: { readonly entries: readonly CaptureEntry[]; readonly state: StateRecord },
  ): Promise<void> {
    this.#saves += 1;
    const header = { runId: this.name, generation: this.#saves, savedAt: new Date().toISOString(), library };
    const { store } = this.#wait;
    await this.#wait.during(store.set(key, encodeCheckpoint(training, header)));
  }

  #log(message: string): void {
    if (this.#options.verbose > 0) printText(message);
  }
}
