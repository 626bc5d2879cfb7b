import { Callback, KeepfitError, type Logs, type OutputSink, type StateRecord } from '@keepfit/callbacks';
import {
  checkOptions,
  isBoolean,
  isCount,
  isPositiveInteger,
  formatValue,
} from '@keepfit/callbacks/internal';
import { EventFile } from './event-file.js';
import { histogramBuckets } from './histogram-buckets.js';
import { numbersOf } from './numbers-of.js';
import type { Point } from './point.js';

/** Where the event files are written: two, as in Keras, so that TensorBoard shows training and validation as two runs in one chart. */
export interface TensorBoardSinks {
  /** Of training. TensorBoard takes a folder for a run, and a file for events where its name contains `tfevents`. */
  readonly train: OutputSink;
  /** Of validation and evaluations; in another folder than `train`. @default `train`, where `val_` stays in the tags */
  readonly validation?: OutputSink;
}

export interface TensorBoardOptions {
  /** Every how many epochs histograms of the weights are written; 0: never. Reads all weights back from the device. @default 0 */
  histogramFreq?: number;
  /**
   * Write losses and metrics at each epoch's end only, or also each time this many batches were trained; `'batch'` is 1. With either,
   * every batch waits for its logs.
   *
   * @default 'epoch'
   */
  updateFreq?: 'epoch' | 'batch' | number;
  /** Write how many batches were trained a second, in each epoch and at each update of a batch. @default false */
  writeStepsPerSecond?: boolean;
  /** Go on at the end of what the sinks hold, instead of replacing it. Not where a kill may have torn their end. @default false */
  append?: boolean;
  /** The wall time of the points, in milliseconds since 1970. @default Date.now */
  now?: () => number;
}

/**
 * Writes what TensorBoard shows: losses and metrics of training and validation, the learning rate, histograms of the weights.
 *
 * ```ts
 * new TensorBoard({
 *   train: fileSink('logs/digits/train/events.out.tfevents.1'),
 *   validation: fileSink('logs/digits/validation/events.out.tfevents.1'),
 * })
 * ```
 *
 * Tags and steps are Keras': `epoch_loss`, `epoch_learning_rate` and `<weight>/histogram` over epochs; `batch_loss` and
 * `evaluation_loss_vs_iterations` over the batches trained since training began. Other than in Keras 3, which leaves them out where the
 * batch at hand is not one of `updateFreq`'s, epochs and evaluations are always written. Graph, images, embeddings and profiles are not.
 *
 * Remembers, also across a crash, what the files held: a resumed run cuts them back to there, so that no point is lost or doubled. But for
 * wall times and steps a second the files are, byte for byte, those of a run that was not killed. What the sinks held before is replaced
 * when the first point is written. The sinks are flushed at each epoch's end and closed when fit settles.
 */
export class TensorBoard extends Callback {
  readonly name = 'TensorBoard';
  readonly batchLogs: boolean;

  readonly #train: EventFile;
  readonly #validation: EventFile | undefined;
  readonly #options: Readonly<Required<Omit<TensorBoardOptions, 'updateFreq'>>>;
  /** In batches; Infinity where batches are not written. */
  readonly #updateFreq: number;
  #isInFit = false;
  /** Batches trained since training began. */
  #step = 0;
  #firstBatch = 0;
  #batchBegan = 0;
  #epochBegan = { time: 0, step: 0 };

  /** @throws KEEPFIT_INVALID_OPTION */
  constructor(sinks: TensorBoardSinks, options: TensorBoardOptions = {}) {
    super();
    checkSinks(sinks);
    checkOptions('TensorBoard', options, {
      histogramFreq: [isCount, 'a number of epochs, or 0'],
      updateFreq: [
        (value) => value === 'epoch' || value === 'batch' || isPositiveInteger(value),
        '"epoch", "batch" or a positive integer',
      ],
      writeStepsPerSecond: [isBoolean, 'true or false'],
      append: [isBoolean, 'true or false'],
      now: [(value) => typeof value === 'function', 'a function that returns milliseconds'],
    });
    const {
      histogramFreq = 0,
      updateFreq = 'epoch',
      writeStepsPerSecond = false,
      append = false,
      now = Date.now,
    } = options;
    this.#options = { histogramFreq, writeStepsPerSecond, append, now };
    this.#updateFreq = batchesOf(updateFreq);
    this.batchLogs = updateFreq !== 'epoch';
    this.#train = new EventFile(sinks.train);
    this.#validation = sinks.validation && new EventFile(sinks.validation);
  }

  getState(): StateRecord {
    return {
      step: this.#step,
      train: this.#train.getState(),
      validation: this.#validation?.getState() ?? null,
    };
  }

  setState(state: StateRecord): void {
    this.#step = Number(state['step']);
    this.#epochBegan = { time: this.#options.now(), step: this.#step };
    this.#train.setState(state['train'] as StateRecord);
    // A validation file that came with the resumed run is begun anew.
    if (state['validation'] !== null) this.#validation?.setState(state['validation'] as StateRecord);
  }

  async onTrainBegin(): Promise<void> {
    this.#isInFit = true;
    this.#step = 0;
    this.model.defer(() => this.#release());
    for (const file of this.#files) await file.begin(this.#options.append);
  }

  onEpochBegin(): void {
    this.#epochBegan = { time: this.#options.now(), step: this.#step };
  }

  onTrainBatchBegin(batch: number): void {
    this.#firstBatch = batch;
    this.#batchBegan = this.#options.now();
  }

  async onTrainBatchEnd(batch: number, logs: Logs): Promise<void> {
    const trained = batch - this.#firstBatch + 1;
    const isDue =
      Math.floor((this.#step + trained) / this.#updateFreq) > Math.floor(this.#step / this.#updateFreq);
    this.#step += trained;
    if (!isDue) return;
    const rate = this.#stepsPerSecond(trained, this.#batchBegan);
    await this.#write(this.#train, scalars('batch_', { ...rate, ...logs }, this.#step));
  }

  onTestBegin(): void {
    if (!this.#isInFit) this.model.defer(() => this.#release());
  }

  async onTestEnd(logs: Logs): Promise<void> {
    await this.#write(
      this.#validation ?? this.#train,
      scalars('evaluation_', logs, this.#step, '_vs_iterations'),
    );
  }

  async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    if (Object.keys(logs).length > 0) await this.#writeEpoch(epoch, logs);
    const { histogramFreq } = this.#options;
    if (histogramFreq > 0 && epoch % histogramFreq === 0) await this.#writeHistograms(epoch);
    for (const file of this.#files) await file.flush();
  }

  async onTrainEnd(): Promise<void> {
    for (const file of this.#files) await file.end();
  }

  get #files(): readonly EventFile[] {
    return this.#validation === undefined ? [this.#train] : [this.#train, this.#validation];
  }

  #write(file: EventFile, points: readonly Point[]): Promise<void> {
    return file.write(points, this.#options.now() / 1000);
  }

  async #writeEpoch(epoch: number, logs: Logs): Promise<void> {
    const ofValidation = Object.entries(logs).filter(([key]) => key.startsWith('val_'));
    const ofTraining = Object.entries(logs).filter(([key]) => !key.startsWith('val_'));
    const rate = this.#stepsPerSecond(this.#step - this.#epochBegan.step, this.#epochBegan.time);
    const training = { ...Object.fromEntries(ofTraining), learning_rate: this.model.learningRate, ...rate };
    await this.#write(this.#train, scalars('epoch_', training, epoch));
    const inTrain = this.#validation === undefined;
    const validation = Object.fromEntries(
      ofValidation.map(([key, value]) => [inTrain ? key : key.slice('val_'.length), value]),
    );
    await this.#write(this.#validation ?? this.#train, scalars('epoch_', validation, epoch));
  }

  async #writeHistograms(epoch: number): Promise<void> {
    const weights = this.model.captureWeights();
    try {
      const points: Point[] = [];
      for (const entry of weights.entries) {
        const tag = `${entry.name.replace(/^weights\//, '')}/histogram`;
        points.push({ tag, step: epoch, value: histogramBuckets(await numbersOf(entry)) });
      }
      await this.#write(this.#train, points);
    } finally {
      weights.dispose();
    }
  }

  #stepsPerSecond(steps: number, since: number): Logs {
    if (!this.#options.writeStepsPerSecond) return {};
    return { steps_per_second: steps / ((this.#options.now() - since) / 1000) };
  }

  async #release(): Promise<void> {
    this.#isInFit = false;
    const closed = await Promise.allSettled(this.#files.map((file) => file.close()));
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  }
}

function scalars(before: string, logs: Logs, step: number, after = ''): Point[] {
  return Object.entries(logs).map(([key, value]) => ({ tag: `${before}${key}${after}`, step, value }));
}

function batchesOf(updateFreq: 'epoch' | 'batch' | number): number {
  if (updateFreq === 'epoch') return Infinity;
  return updateFreq === 'batch' ? 1 : updateFreq;
}

function checkSinks(sinks: TensorBoardSinks): void {
  if (typeof sinks !== 'object' || sinks === null) {
    const example = '{ train: fileSink(path), validation: fileSink(another) }';
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `TensorBoard must be given its sinks, such as ${example}, not ${formatValue(sinks)}`,
    );
  }
  const wanted = 'an OutputSink, such as fileSink(path), with append, flush, position and truncate';
  checkOptions('TensorBoard', sinks, { train: [isSink, wanted], validation: [isSink, wanted] });
  if (sinks.train === undefined)
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', `train of TensorBoard must be ${wanted}, not undefined`);
  if (sinks.train !== sinks.validation) return;
  const advice = 'leave validation out to have all in one file';
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `train and validation of TensorBoard must be two sinks, not the same one; ${advice}`,
  );
}

function isSink(value: unknown): boolean {
  const sink = value as Partial<OutputSink> | null;
  return [sink?.append, sink?.flush, sink?.position, sink?.truncate].every(
    (method) => typeof method === 'function',
  );
}
