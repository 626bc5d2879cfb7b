import type * as tf from '@tensorflow/tfjs-core';
import type { ShardLogs } from '../contract/shard.js';
import type { Batch } from '../data/batch-source.js';
import type { ShardScales } from '../objective/objective.js';
import type { LogSink } from '../objective/running-logs.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import type { StepTools } from './compute.js';

/** A step whose gradients are computed in shards of the batch. */
export interface ShardedStep {
  /** In their order: each is applied before the next one is computed. */
  readonly parts: readonly ShardedPart[];
  /** What the losses of the whole batch are divided by: see `ShardTask`. The caller disposes them. */
  listDivisors(batch: Batch): readonly (tf.Scalar | undefined)[];
  /** What the parts, in their order, logged of one shard, as the step logs it. */
  combine(parts: readonly [ShardLogs, ...ShardLogs[]]): ShardLogs;
}

/** A loss, and the optimizer that minimizes it. */
export interface ShardedPart {
  readonly role: OptimizerRole;
  /**
   * Computes a shard. Synchronous; the model is changed as its forward pass changes it.
   *
   * @param scales Undefined if the shard is the whole batch.
   * @returns the loss without the share, and the gradients of share times loss, in the order of `role.listTrained`. The
   * caller disposes them.
   */
  compute(rows: Batch, scales: ShardScales | undefined, logs: LogSink, tools: StepTools): ShardGradients;
}

export interface ShardGradients {
  readonly loss: tf.Scalar;
  readonly gradients: readonly (tf.Tensor | undefined)[];
}
