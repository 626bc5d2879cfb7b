/** Values in plain memory, which may be posted to another thread or machine. */
export interface HostTensor {
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** The rows of a shard: a part of a batch. */
export interface ShardRows {
  readonly inputs: readonly HostTensor[];
  readonly targets: readonly HostTensor[];
  /** As in a batch: none, one for all outputs, or one per output. */
  readonly sampleWeights: readonly HostTensor[];
  /** How many rows it has, at least 1. */
  readonly size: number;
}

/**
 * One shard of a step, or one batch of an evaluation or a prediction, to be computed by anybody who has the same model
 * and the weights of the step. Plain data.
 */
export interface ShardTask {
  /** What is asked for: gradients and logs, logs, or outputs. */
  readonly kind: 'train' | 'test' | 'predict';
  /** From 0. A worker that replays recorded steps compares the first one of each epoch. */
  readonly epoch: number;
  /** Steps since epoch 0. In an evaluation or a prediction, the first batch of the tasks, from 0. */
  readonly step: number;
  /** The phase of the step, from 0; 0 in a training without phases. */
  readonly part: number;
  /** Which shard of the batch it is, from 0. In an evaluation or a prediction, which batch. */
  readonly shard: number;
  readonly rows: ShardRows;
  /** The rows of the shard ÷ the rows of the batch, a float32; 1 for a whole batch. */
  readonly share: number;
  /** By output with a loss, what its loss in the whole batch is divided by; undefined for nothing. float32. */
  readonly divisors: readonly (number | undefined)[];
  /** The random numbers of the shard: the stream of (seed, stream), from a position on. */
  readonly random: { readonly seed: number; readonly stream: number; readonly position: number };
}

/** A mean over some rows, by log key. */
export interface ShardMeans {
  readonly values: Readonly<Record<string, number>>;
  /** How many rows it counts as. */
  readonly weight: number;
}

/** What a stateful metric needs of a shard: its state after these rows alone, or the arguments of `update`. */
export type ShardMetric = { readonly key: string } & (
  | { readonly state: readonly HostTensor[] }
  | { readonly yTrue: HostTensor; readonly yPred: HostTensor; readonly weights: HostTensor | undefined }
);

/** What the logs get from one shard. */
export interface ShardLogs {
  readonly shard: number;
  readonly size: number;
  /** The loss that was minimized, without the share; NaN in an evaluation. */
  readonly loss: number;
  readonly means: readonly ShardMeans[];
  readonly metrics: readonly ShardMetric[];
  /** The position of the shard's random numbers after it. */
  readonly position: number;
}

/** The outputs of the model for one batch of a prediction. */
export interface ShardOutputs {
  readonly shard: number;
  readonly outputs: readonly HostTensor[];
}

/** What one shard, or several beside each other, give for a step. Plain data. */
export interface ShardSum {
  /**
   * By trained weight, in their order: the sum of share times gradient. Undefined if the loss does not depend on it.
   * Empty if the kind is not `train`.
   */
  readonly gradients: readonly (Float32Array | undefined)[];
  /**
   * By weight of the model: the sum of share times the value that the forward pass gave it. Undefined if it gave none.
   * Empty if the kind is not `train`.
   */
  readonly assigned: readonly (HostTensor | undefined)[];
  /** In the order of the shards. Empty in a prediction. */
  readonly logs: readonly ShardLogs[];
  /** In the order of the shards. Empty unless the kind is `predict`. */
  readonly outputs: readonly ShardOutputs[];
}
