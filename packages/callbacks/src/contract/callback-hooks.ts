import type { BeginLogs, Logs } from './logs.js';
import type { StateRecord } from './state.js';
import type { TrainerView } from './trainer-view.js';

export type { BeginLogs, Logs, LogValues } from './logs.js';

/** 0 silent, 1 progress bar, 2 one line an epoch. */
export type Verbosity = 0 | 1 | 2;

/** Parameters of a fit, an evaluation or a prediction, given to `setParams`. */
export interface CallbackParams {
  readonly verbose: Verbosity;
  readonly epochs: number;
  /** Batches per epoch; null, as in Keras, if a stream does not tell. */
  readonly steps: number | null;
}

/**
 * The predictions of a batch, given to `onPredictBatchEnd`: tfjs tensors in a tfjs trainer, valid within the
 * hook.
 */
export interface PredictBatchLogs {
  readonly outputs: unknown;
}

type HookResult = void | Promise<void>;

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
 * Epochs and batches count from 0. Hooks run in list order, and each is awaited before the next. A hook that
 * throws ends the training with KEEPFIT_HOOK_FAILED, which names the callback and the hook; a KeepfitError
 * passes unchanged. If one execution trains several batches, `onTrainBatchBegin` gets the first and
 * `onTrainBatchEnd` the last of them.
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
   * Identifies the callback's state in a checkpoint, with its ordinal among callbacks of the same name. Use a
   * literal, so that minification keeps it. Required if there is a `getState`.
   */
  readonly name?: string;
  /**
   * Which batch logs the callback reads: those of each batch (`true`), a recent one now and then (`'latest'`,
   * for displays), or none (`false`). If no callback reads them, no batch waits for the device, and reading
   * `logs.loss` at a batch's end throws KEEPFIT_INVALID_STATE.
   *
   * @default true if the callback has a batch-end hook, else false
   */
  readonly batchLogs?: boolean | 'latest';
  /**
   * Whether this callback encloses the others, whatever its place in the list: its `onTrainBegin` runs before
   * theirs, and its `onTrainEnd` after theirs.
   *
   * @default false
   */
  readonly outermost?: boolean;

  setModel?(model: TrainerView): void;
  setParams?(params: CallbackParams): void;

  /**
   * The state from which the callback continues as if nothing had happened. Called at each backup, before
   * each validation (a backup within it holds the state from before), and before a restore.
   */
  getState?(): StateRecord;
  /**
   * Receives the state that `getState` returned. Called once on resume: after `onTrainBegin`, and within an
   * epoch after `onEpochBegin`. If this or another callback throws there, it is called once more, with the
   * state from before, so that a restore touches everything or nothing.
   */
  setState?(state: StateRecord): void | Promise<void>;

  // Methods, because TypeScript does not let a class override a property by a method.
  onTrainBegin?(logs: BeginLogs): HookResult;
  /** Gets the logs of the last epoch; empty if no epoch has ended. */
  onTrainEnd?(logs: Partial<Logs>): HookResult;
  onEpochBegin?(epoch: number, logs: BeginLogs): HookResult;
  onEpochEnd?(epoch: number, logs: Logs): HookResult;
  onTrainBatchBegin?(batch: number, logs: BeginLogs): HookResult;
  onTrainBatchEnd?(batch: number, logs: Logs): HookResult;
  /** Keras' alias of `onTrainBatchBegin`: called only if that is not defined. */
  onBatchBegin?(batch: number, logs: BeginLogs): HookResult;
  /** Keras' alias of `onTrainBatchEnd`: called only if that is not defined. */
  onBatchEnd?(batch: number, logs: Logs): HookResult;
  onTestBegin?(logs: BeginLogs): HookResult;
  onTestEnd?(logs: Logs): HookResult;
  onTestBatchBegin?(batch: number, logs: BeginLogs): HookResult;
  onTestBatchEnd?(batch: number, logs: Logs): HookResult;
  onPredictBegin?(logs: BeginLogs): HookResult;
  onPredictEnd?(logs: BeginLogs): HookResult;
  onPredictBatchBegin?(batch: number, logs: BeginLogs): HookResult;
  onPredictBatchEnd?(batch: number, logs: PredictBatchLogs): HookResult;
  /**
   * Not in Keras. A backup was requested at this point; it is captured after this hook of all callbacks has
   * run. Within a validation it was captured before that.
   */
  onBackup?(): HookResult;
}
