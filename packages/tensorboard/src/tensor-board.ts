import { Callback, type LogValues, type StateRecord } from '@keepfit/callbacks';
import { COUNT, listEpochs, readState, type StateRules } from '@keepfit/callbacks/internal';
import { EventFile, type EventFileState, isEventFileState } from './event-file.js';
import { countBuckets, readNumbers } from './histogram.js';
import type { Point } from './events.js';
import { checkSinks, type TensorBoardSinks } from './sinks.js';
import { checkTensorBoardOptions, type TensorBoardOptions } from './tensor-board-options.js';

const stateRules: StateRules<{ step: number; train: EventFileState; validation: EventFileState | null }> = {
  step: COUNT,
  train: [isEventFileState, 'the state of an event file'],
  validation: [
    (value): value is EventFileState | null => value === null || isEventFileState(value),
    'the state of an event file, or null if there is none',
  ],
};

type FileName = 'train' | 'validation';

/**
 * Writes event files for TensorBoard: losses and metrics of training and validation, the learning rate,
 * histograms of the weights.
 *
 * ```ts
 * new TensorBoard({
 *   train: fileSink('logs/digits/train/events.out.tfevents.1'),
 *   validation: fileSink('logs/digits/validation/events.out.tfevents.1'),
 * })
 * ```
 *
 * Tags and steps are Keras': `epoch_loss`, `epoch_learning_rate` and `<weight>/histogram` over epochs;
 * `batch_loss` and `evaluation_loss_vs_iterations` over the batches trained since training began. Epochs and
 * evaluations are always written; Keras 3 leaves them out if the current batch is not one of `updateFreq`.
 * Graph, images, embeddings and profiles are not written.
 *
 * Remembers the content of the files, also across a crash: a resumed run cuts them back, so that no point is
 * lost or doubled. Except for wall times and steps per second, the files equal, byte for byte, the files of a
 * run without a kill. If a file is gone when training is resumed, or is shorter or another one, it is begun
 * again with the epochs of the history, with a warning. Old content of the sinks is replaced when the first
 * point is written. The sinks are flushed at each epoch's end and closed when fit settles.
 */
export class TensorBoard extends Callback {
  override readonly name = 'TensorBoard';
  override readonly batchLogs: boolean;

  readonly #train: EventFile;
  readonly #validation: EventFile | undefined;
  readonly #options: Readonly<Required<Omit<TensorBoardOptions, 'updateFreq'>>>;
  /** In batches; Infinity if batches are not written. */
  readonly #updateFreq: number;
  #isInFit = false;
  /** Batches trained since training began. */
  #step = 0;
  #epoch: number | undefined;
  #firstBatch = 0;
  #batchBegunAt = 0;
  #epochBegan = { time: 0, step: 0 };

  /** @throws KEEPFIT_INVALID_OPTION when a sink or an option is invalid. */
  constructor(sinks: TensorBoardSinks, options: TensorBoardOptions = {}) {
    super();
    checkSinks(sinks);
    checkTensorBoardOptions(options);
    const {
      histogramFreq = 0,
      updateFreq = 'epoch',
      writeStepsPerSecond = false,
      append = false,
      now = Date.now,
    } = options;
    this.#options = { histogramFreq, writeStepsPerSecond, append, now };
    this.#updateFreq = countBatches(updateFreq);
    this.batchLogs = updateFreq !== 'epoch';
    this.#train = new EventFile(sinks.train, () => this.#recallEpochs('train'));
    this.#validation =
      sinks.validation && new EventFile(sinks.validation, () => this.#recallEpochs('validation'));
  }

  override getState(): StateRecord {
    return {
      step: this.#step,
      train: this.#train.getState(),
      validation: this.#validation?.getState() ?? null,
    };
  }

  /** @throws KEEPFIT_CHECKPOINT_CORRUPT when the state is not one of this callback. */
  override setState(state: StateRecord): void {
    const { step, train, validation } = readState(this.name, state, stateRules);
    this.#step = step;
    this.#epochBegan = { time: this.#options.now(), step: this.#step };
    this.#train.setState(train);
    // A validation file that was added for the resumed run starts from scratch.
    if (validation !== null) this.#validation?.setState(validation);
  }

  override async onTrainBegin(): Promise<void> {
    this.#isInFit = true;
    this.#step = 0;
    this.#epoch = undefined;
    this.model.defer(() => this.#release());
    for (const file of this.#files) await file.begin(this.#options.append);
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
    this.#epochBegan = { time: this.#options.now(), step: this.#step };
  }

  override onTrainBatchBegin(batch: number): void {
    this.#firstBatch = batch;
    this.#batchBegunAt = this.#options.now();
  }

  override async onTrainBatchEnd(batch: number, logs: LogValues): Promise<void> {
    const trained = batch - this.#firstBatch + 1;
    const isDue =
      Math.floor((this.#step + trained) / this.#updateFreq) > Math.floor(this.#step / this.#updateFreq);
    this.#step += trained;
    if (!isDue) return;
    const rate = this.#stepsPerSecond(trained, this.#batchBegunAt);
    await this.#write(this.#train, createScalars('batch_', { ...rate, ...logs }, this.#step));
  }

  override onTestBegin(): void {
    if (!this.#isInFit) this.model.defer(() => this.#release());
  }

  override async onTestEnd(logs: LogValues): Promise<void> {
    await this.#write(
      this.#validation ?? this.#train,
      createScalars('evaluation_', logs, this.#step, '_vs_iterations'),
    );
  }

  override async onEpochEnd(epoch: number, logs: LogValues): Promise<void> {
    if (Object.keys(logs).length > 0) await this.#writeEpoch(epoch, logs);
    const { histogramFreq } = this.#options;
    if (histogramFreq > 0 && epoch % histogramFreq === 0) await this.#writeHistograms(epoch);
    for (const file of this.#files) await file.flush();
  }

  override async onTrainEnd(): Promise<void> {
    for (const file of this.#files) await file.end(this.#options.now() / 1000);
  }

  get #files(): readonly EventFile[] {
    return this.#validation === undefined ? [this.#train] : [this.#train, this.#validation];
  }

  #write(file: EventFile, points: readonly Point[]): Promise<void> {
    return file.write(points, this.#options.now() / 1000);
  }

  async #writeEpoch(epoch: number, logs: LogValues): Promise<void> {
    const rate = this.#stepsPerSecond(this.#step - this.#epochBegan.step, this.#epochBegan.time);
    const more = { ...this.#readRates(), ...rate };
    const { train, validation } = this.#createEpochPoints(epoch, logs, more);
    await this.#write(this.#train, train);
    await this.#write(this.#validation ?? this.#train, validation);
  }

  /** The learning rate, or those of several optimizers by their names. */
  #readRates(): LogValues {
    const named = Object.entries(this.model.optimizers);
    if (named.length < 2) return { learning_rate: this.model.learningRate };
    return Object.fromEntries(
      named.flatMap(([name, { learningRate: rate }]) =>
        rate === undefined ? [] : [[`learning_rate_${name}`, rate] as const],
      ),
    );
  }

  #createEpochPoints(epoch: number, logs: LogValues, more: LogValues = {}): Record<FileName, Point[]> {
    const ofValidation = Object.entries(logs).filter(([key]) => key.startsWith('val_'));
    const ofTraining = Object.entries(logs).filter(([key]) => !key.startsWith('val_'));
    const inTrain = this.#validation === undefined;
    const validation = ofValidation.map(([key, value]) => [inTrain ? key : key.slice('val_'.length), value]);
    return {
      train: createScalars('epoch_', { ...Object.fromEntries(ofTraining), ...more }, epoch),
      validation: createScalars('epoch_', Object.fromEntries(validation) as LogValues, epoch),
    };
  }

  /** The points of the epochs before this one, for a file that is begun again. */
  #recallEpochs(file: FileName): readonly Point[] {
    const epochs = listEpochs(this.model.history);
    if (epochs.at(-1)?.epoch === this.#epoch) epochs.pop();
    return epochs.flatMap(({ epoch, logs }) => {
      const { train, validation } = this.#createEpochPoints(epoch, logs);
      if (this.#validation === undefined) return [...train, ...validation];
      return file === 'train' ? train : validation;
    });
  }

  async #writeHistograms(epoch: number): Promise<void> {
    const weights = this.model.captureWeights();
    try {
      const points: Point[] = [];
      for (const entry of weights.entries) {
        const tag = `${entry.name.replace(/^weights\//, '')}/histogram`;
        points.push({ tag, step: epoch, value: countBuckets(await readNumbers(entry)) });
      }
      await this.#write(this.#train, points);
    } finally {
      weights.dispose();
    }
  }

  #stepsPerSecond(steps: number, since: number): LogValues {
    if (!this.#options.writeStepsPerSecond) return {};
    return { steps_per_second: steps / ((this.#options.now() - since) / 1000) };
  }

  async #release(): Promise<void> {
    this.#isInFit = false;
    const closed = await Promise.allSettled(this.#files.map((file) => file.close()));
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  }
}

function createScalars(before: string, logs: LogValues, step: number, after = ''): Point[] {
  return Object.entries(logs).map(([key, value]) => ({ tag: `${before}${key}${after}`, step, value }));
}

function countBatches(updateFreq: 'epoch' | 'batch' | number): number {
  if (updateFreq === 'epoch') return Infinity;
  return updateFreq === 'batch' ? 1 : updateFreq;
}
