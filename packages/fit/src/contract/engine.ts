import type { StateRecord, StateValue } from '@keepfit/callbacks';
import type { HostTensor, ShardSum, ShardTask } from './shard.js';

/** Plain data from which a worker makes the same model on the same backend, if it can. */
export interface TrainingSource {
  /** The backend by its name, with the options that it was made with; undefined if `useBackend` did not start it. */
  readonly backend: { readonly name: string; readonly options: StateValue } | undefined;
  /** What `describeSource` of the model gives; a text says why there is nothing. */
  readonly model: StateRecord | string;
}

/** A training, an evaluation or a prediction that an engine computes. */
export interface SharedTraining {
  /** Into how many shards each batch is cut. */
  readonly shards: number;
  /** What workers replay: see the option `replay` of `fit`. */
  readonly replay: 'auto' | boolean;
  /**
   * All that decides the bits of a shard: the kernels, the model with its `trainable` flags, losses and metrics. Plain
   * data. A worker whose own description differs must not compute for this training.
   */
  readonly description: StateRecord;
  /** For workers that have no model yet. */
  readonly source: TrainingSource;
  /** Computes shards on this thread, with the weights that the model has at the call. */
  readonly local: ShardComputer;
}

/** Computes shards. */
export interface ShardComputer {
  /** Leaves the model as it was. */
  compute(task: ShardTask): Promise<ShardSum>;
}

/** One step of a training, or one phase of it, or some batches of an evaluation or a prediction. */
export interface SharedStep {
  /** The shards of the step, in their order; at least one, all of one kind. */
  readonly tasks: readonly [ShardTask, ...ShardTask[]];
  /**
   * Reads the weights of the step, in the order of the model. Call it if a worker needs them, before `sum` resolves.
   * While the weights do not change, it resolves to one and the same list.
   */
  readWeights(): Promise<readonly HostTensor[]>;
}

/**
 * Computes the shards of a training, and the batches of evaluations and predictions. Which worker computes a shard, how often and in which order changes no bit, so an
 * engine may add, replace and lose workers at any time.
 *
 * `fit`, `evaluate` and `predict` call `begin`, then `sum` for one step after the other, then `end`. One engine serves
 * one of them at a time.
 */
export interface Engine {
  /** What messages call it: `threads`. */
  readonly name: string;
  /** The workers that there are now. `fit` tells their number if it finds that sharing does not pay. */
  readonly workers?: readonly unknown[];
  /**
   * Prepares the workers. Called before the first step, and again when a hook has changed something in the description,
   * such as `trainable`.
   *
   * It rejects with KEEPFIT_INVALID_OPTION if the training cannot be shared, and says why and how to fix it.
   */
  begin(training: SharedTraining): Promise<void>;
  /**
   * Computes all shards of a step, and resolves to their sum in the order of `sumTree`. An answer of another step, of
   * another training or of a worker that is gone must not be part of it. It rejects if nobody can compute.
   */
  sum(step: SharedStep): Promise<ShardSum>;
  /** Releases all that `begin` made, also after an error. Nothing of the engine keeps the process alive then. */
  end(): Promise<void>;
}
