import type { StateRecord } from './state.js';
import type { TrainerView } from './trainer-view.js';

/** Losses and metrics by their Keras names (`loss`, `accuracy`, `val_loss`), as plain numbers. Hooks of one point share one object. */
export type Logs = Record<string, number>;

/** 0 silent, 1 progress bar, 2 one line an epoch. */
export type Verbosity = 0 | 1 | 2;

/** What `setParams` tells: of a fit, an evaluation or a prediction. */
export interface CallbackParams {
  readonly verbose: Verbosity;
  readonly epochs: number;
  /** Batches an epoch, or null where a stream does not say. */
  readonly steps: number | null;
}

/** What a batch of predictions gives to `onPredictBatchEnd`: tfjs tensors in a tfjs trainer, valid within the hook. */
export interface PredictBatchLogs {
  readonly outputs: unknown;
}

type Hook<Args extends unknown[]> = (...args: Args) => void | Promise<void>;

/** The hooks that mark the points of a training, an evaluation and a prediction, by name. */
export const HOOKS = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onTrainBatchBegin',
  'onTrainBatchEnd',
  'onTestBegin',
  'onTestEnd',
  'onTestBatchBegin',
  'onTestBatchEnd',
  'onPredictBegin',
  'onPredictEnd',
  'onPredictBatchBegin',
  'onPredictBatchEnd',
  'onBackup',
] as const;

export type HookName = (typeof HOOKS)[number];

/**
 * The callback contract: Keras' hooks in camelCase. A callback is any object with some of these members;
 * plain objects and instances of classes mix in any order.
 *
 * Epochs and batches count from 0. Hooks run in list order, and each is awaited before the next.
 * A hook that throws ends the training with KEEPFIT_HOOK_FAILED, which names the callback and the hook.
 * Where one execution trains several batches, `onTrainBatchBegin` gets the first and `onTrainBatchEnd` the last of them.
 *
 * ```
 * onTrainBegin
 *   onEpochBegin(epoch)
 *     onTrainBatchBegin(batch) … onTrainBatchEnd(batch, logs)
 *     onTestBegin, onTestBatchBegin(batch) … onTestBatchEnd(batch, logs), onTestEnd(logs)      validation
 *   onEpochEnd(epoch, logs)
 * onTrainEnd(logs)
 * ```
 */
export interface CallbackHooks {
  /**
   * Identifies the callback's state in a checkpoint, with its ordinal among callbacks of the same name.
   * A literal, so that minification keeps it. Needed where there is `getState`.
   */
  readonly name?: string;
  /**
   * Which batch logs the callback reads: each batch's (`true`, the default where it defines a batch-end hook),
   * a recent one now and then (`'latest'`, for displays), or none. Where no callback reads them, no batch waits for the device.
   */
  readonly batchLogs?: boolean | 'latest';
  /**
   * Whether this callback embraces the others: its `onTrainBegin` runs before, and its `onTrainEnd` after every other's,
   * wherever it stands in the list.
   *
   * @default false
   */
  readonly outermost?: boolean;

  setModel?(model: TrainerView): void;
  setParams?(params: CallbackParams): void;

  /** The state that the callback needs to go on as if nothing had happened. Called at each backup. */
  getState?(): StateRecord;
  /** Gets back what `getState` returned. Called once on resume: after `onTrainBegin`, and within an epoch after `onEpochBegin`. */
  setState?(state: StateRecord): void | Promise<void>;

  onTrainBegin?: Hook<[logs: Logs]>;
  onTrainEnd?: Hook<[logs: Logs]>;
  onEpochBegin?: Hook<[epoch: number, logs: Logs]>;
  onEpochEnd?: Hook<[epoch: number, logs: Logs]>;
  onTrainBatchBegin?: Hook<[batch: number, logs: Logs]>;
  onTrainBatchEnd?: Hook<[batch: number, logs: Logs]>;
  /** Keras' alias of `onTrainBatchBegin`: called only where that is not defined. */
  onBatchBegin?: Hook<[batch: number, logs: Logs]>;
  /** Keras' alias of `onTrainBatchEnd`: called only where that is not defined. */
  onBatchEnd?: Hook<[batch: number, logs: Logs]>;
  onTestBegin?: Hook<[logs: Logs]>;
  onTestEnd?: Hook<[logs: Logs]>;
  onTestBatchBegin?: Hook<[batch: number, logs: Logs]>;
  onTestBatchEnd?: Hook<[batch: number, logs: Logs]>;
  onPredictBegin?: Hook<[logs: Logs]>;
  onPredictEnd?: Hook<[logs: Logs]>;
  onPredictBatchBegin?: Hook<[batch: number, logs: Logs]>;
  onPredictBatchEnd?: Hook<[batch: number, logs: PredictBatchLogs]>;
  /** Not in Keras: a backup was asked for at this point, and is captured when this hook of all callbacks has run. */
  onBackup?: Hook<[]>;
}
