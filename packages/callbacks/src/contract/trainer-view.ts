import type { Logs } from './logs.js';
import type {
  ModelBatches,
  ModelData,
  ModelEvaluateOptions,
  ModelPredictOptions,
  TensorValues,
  WeightValues,
} from './model-data.js';
import type { Capture, SavedTraining, StateRecord, StateValue, TrainingCapture } from './state.js';

/** One difference between a checkpoint and the current training. */
export interface Difference {
  /** The item that differs, for instance `batchSize` or `weights["dense/kernel"].shape`. */
  readonly item: string;
  readonly saved: StateValue;
  readonly current: StateValue;
  /** Whether a restore is still possible; the results may then differ from those of the saved run. */
  readonly canContinue: boolean;
}

/** The logs of the epochs so far. `History` is its implementation. */
export interface TrainingHistory {
  /** The recorded epochs, by their absolute numbers. */
  readonly epoch: readonly number[];
  /** One list per log key, with an entry for each epoch that had the key. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /**
   * For each log key that some epochs lack: the indices in `epoch` of its entries. A key with fewer entries than
   * epochs that is not here is one whose epochs are not known.
   */
  readonly indices?: Readonly<Record<string, readonly number[]>>;
}

/** What can be read of an optimizer, as it is at this instant. */
export interface OptimizerView {
  /** The name of its class: `Adam`. */
  readonly className: string;
  /** The rate of the next step; undefined if it has none. Set `TrainerView.learningRate` to change it. */
  readonly learningRate: number | undefined;
  /** Whether a schedule gives the rate, so that it cannot be set. @default false */
  readonly hasSchedule?: boolean;
  /** How many steps it has made; undefined if it does not count them. */
  readonly iterations: number | undefined;
  /** Its settings under their own names, such as `beta1`. */
  readonly config: StateRecord;
}

/** One of several optimizers: to read, and to set its learning rate. */
export interface NamedOptimizerView extends Omit<OptimizerView, 'learningRate'> {
  get learningRate(): number | undefined;
  set learningRate(rate: number);
}

export interface BackupRequestOptions {
  /**
   * Whether the sink takes a capture that is not verified yet: see `TrainingCapture.verification`. Otherwise the
   * trainer verifies it first.
   *
   * @default false
   */
  readonly unverified?: boolean;
}

/** The part of the trainer that callbacks see. Free of tfjs, so that any other trainer can implement it. */
export interface TrainerView {
  /**
   * Set in any hook: the epoch ends after the current batch, is validated, and training ends as complete. A
   * restored state replaces what hooks set before; a stop from outside hooks goes to the trainer itself.
   */
  stopTraining: boolean;
  /**
   * Set by a callback that ends a training whose state is not worth keeping: no further backup is made, and
   * the last one stays when training ends.
   */
  keepLastBackup: boolean;
  /**
   * The optimizer's learning rate at the next step.
   *
   * @throws KEEPFIT_INVALID_OPTION when it is set and a schedule gives the rate, or when the training has several
   * optimizers: see `optimizers`.
   */
  learningRate: number;
  /** The history of the whole run, including epochs before a crash. */
  readonly history: TrainingHistory;
  /**
   * The optimizer, to read: each time a record of its current values.
   *
   * @throws KEEPFIT_INVALID_OPTION when the training has several optimizers: see `optimizers`.
   */
  readonly optimizer: OptimizerView;
  /**
   * The optimizers of a step of the user's own by their names, each as it is when it is read. Empty if the
   * training has one optimizer without a name.
   */
  readonly optimizers: Readonly<Record<string, NamedOptimizerView>>;

  /**
   * The losses and metrics of the model on data, by log key. Call it in a hook, and await it there. The training
   * is the same with and without the call. The call runs no hooks and changes nothing: no weights, states of
   * layers, running logs, random numbers or order of the data.
   *
   * @throws KEEPFIT_INVALID_STATE when no hook of this run is running, or the weights change before it ends.
   * @throws KEEPFIT_INVALID_DATA when the data do not fit the model or each other, or are shuffled within a fit.
   * @throws KEEPFIT_INVALID_OPTION when an option is not valid.
   */
  evaluate(x: ModelData, y: ModelData, options?: ModelEvaluateOptions): Promise<Logs>;
  evaluate(batches: ModelBatches, options?: ModelEvaluateOptions): Promise<Logs>;
  /**
   * The model's outputs for all samples: the values of one output, or a list for several. As for `evaluate`, call
   * it in a hook, and the training is the same with and without the call.
   *
   * @throws KEEPFIT_INVALID_STATE when no hook of this run is running, or the weights change before it ends.
   * @throws KEEPFIT_INVALID_DATA when the data do not fit the model, or are shuffled within a fit.
   * @throws KEEPFIT_INVALID_OPTION when an option is not valid.
   */
  predict(x: ModelData | ModelBatches, options?: ModelPredictOptions): Promise<TensorValues | TensorValues[]>;
  /**
   * Copies of all weights as they are at the call. Waits for the device. Call it in a hook. `captureWeights` costs
   * no copy.
   *
   * @throws KEEPFIT_INVALID_STATE when no hook of this run is running.
   */
  getWeights(): Promise<WeightValues>;
  /**
   * Gives all weights these values, which are copied: all, or none if they do not fit. The next step uses them,
   * and so does a backup that is requested at this point. A backup in flight keeps the old ones. The
   * optimizer is unchanged, and constraints apply after the next step. Call it in a hook, but not in `onBackup`, nor in a hook of a batch that is
   * evaluated or predicted.
   *
   * In a resumed run, the saved weights overwrite what hooks set before the loop reaches the saved point. A backup
   * within a validation holds the weights from before it, and a resumed run repeats its hooks.
   *
   * @throws KEEPFIT_INVALID_STATE when no such hook is running.
   * @throws KEEPFIT_INVALID_DATA when a weight is missing or unknown, or has another shape or type.
   */
  setWeights(weights: WeightValues): void;

  /**
   * Requests a capture of the training at this point. It is taken after all hooks of this point have run and
   * handed to the sink, which the loop awaits. The sink owns the capture and disposes it after writing. Within
   * a validation, and in `onTrainEnd`, it is a capture from before that; before a saved state is restored, one
   * from after that.
   */
  requestBackup(
    sink: (capture: TrainingCapture) => void | Promise<void>,
    options?: BackupRequestOptions,
  ): void;
  /**
   * Whether the trainer verifies its steps now and then, so that a capture may be unverified.
   *
   * @default false
   */
  readonly verifiesLater?: boolean;
  /**
   * Lists the differences between a saved training and this one. The model is unchanged. A trainer may open
   * its data and make a batch again, to find out whether they are the same.
   */
  compare(saved: SavedTraining): Promise<readonly Difference[]>;
  /**
   * Restores a saved training: weights and optimizer at once, the rest when the loop reaches the saved point.
   * Restores everything or nothing. Call it in `onTrainBegin` only. If several trainings are given, the
   * furthest wins; resolves to false for one that lost.
   */
  restore(saved: SavedTraining): Promise<boolean>;

  /**
   * Whether smaller (`'min'`) or larger (`'max'`) values of a log are better; undefined if the trainer does
   * not know.
   */
  metricDirection?(logKey: string): 'min' | 'max' | undefined;
  /**
   * The key of the log whose output has another name in `name`, as tfjs-layers shows it: `dense_2_loss` for
   * `dense_Dense7_loss`. Undefined if there is none. For messages: such names differ from process to process.
   */
  findLogKey?(name: string): string | undefined;

  /** Whether all weights are finite. Waits for the device. */
  weightsAreFinite(): Promise<boolean>;
  /** Captures the current weights. The caller disposes the capture. */
  captureWeights(): Capture;
  /** Restores weights captured from this model or read from its checkpoint. */
  restoreWeights(weights: Capture): Promise<void>;
  /**
   * Updates a running average of the weights: each trainable weight becomes
   * `momentum * average + (1 - momentum) * weight`, computed in its own type, on the device. Every other
   * weight takes its current value. Without `average`, all do.
   *
   * The caller disposes the result, which fits `restoreWeights`. `average` remains the caller's: an earlier
   * result of this function, or the same read from a checkpoint. Optional for trainers; `SwapEMAWeights`
   * needs it.
   */
  averageWeights?(average: Capture | undefined, momentum: number): Promise<Capture>;
  /**
   * Captures the weights with which training would end now: those of the optimizer's own moving average, if it
   * keeps one. The model is unchanged. The caller disposes the capture. Optional for trainers; `SwapEMAWeights`
   * needs it for an optimizer with `useEma`.
   */
  captureFinalWeights?(): Capture;

  /**
   * Ends the run with this error instead of the next hook of any callback: for what a callback learns between
   * hooks, such as a lost lock. The first error counts. Optional for trainers.
   */
  abort?(error: Error): void;

  /**
   * Runs `release` when the fit, evaluation or prediction settles, whether it resolves or rejects; the last
   * deferred runs first.
   */
  defer(release: () => void | Promise<void>): void;
}
