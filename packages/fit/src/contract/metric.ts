import type * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from './loss.js';

/** Whether a metric gets better by falling or by rising. Callbacks in mode 'auto' read it. */
export type MetricDirection = 'min' | 'max';

/** What checkpoints keep of a metric beside its name. A resume with other options is refused. */
interface MetricDescription {
  /** What checkpoints call the metric, together with `config`. @default the `name` alone is compared */
  readonly className?: string;
  /** Every option that changes a number, with its default if it was left out; plain values. Needs `className`. */
  readonly config?: object;
}

/** A metric that is the mean of values over samples; the loop keeps the running sums, see `weightedSum`. */
export interface MeanMetric extends MetricDescription {
  /** Its key in the logs. */
  readonly name: string;
  /** Left out if neither is better, as for the mean of the predictions. */
  readonly direction?: MetricDirection;
  /**
   * One value per sample, [batch], or more of them, [batch, ...], of which each sample's mean counts. As in Keras,
   * its `mask` leaves values out of the mean only if there are weights.
   */
  readonly values: LossFunction;
}

/**
 * A metric with a running state in tensors, such as counts of true positives.
 *
 * The loop begins each epoch with `initial`, feeds every batch to `update` and reads `result` when logs are
 * due. The state of an epoch goes into the checkpoint tensor by tensor, in order, and after a restore comes
 * back into `update` as plain tensors. The metric itself keeps no state.
 */
export interface StatefulMetric extends MetricDescription {
  /** Its key in the logs. */
  readonly name: string;
  readonly direction?: MetricDirection;
  /** The state before the first batch. Reads only the shape of `yPred`, for metrics that count per class. */
  initial(yPred: tf.Tensor): tf.Tensor[];
  /**
   * The state with one more batch: new tensors in the same number and of the same shapes. Never writes into
   * the old ones.
   */
  update(state: readonly tf.Tensor[], yTrue: tf.Tensor, yPred: tf.Tensor, weights?: tf.Tensor): tf.Tensor[];
  /**
   * The state of two parts of the data together, as `update` gives it after the rows of both.
   * New tensors. With it, a training in shards sends states between workers instead of all outputs.
   *
   * @default the outputs of each shard are sent to `update`
   */
  merge?(state: readonly tf.Tensor[], part: readonly tf.Tensor[]): tf.Tensor[];
  /**
   * The metric of all batches so far: a scalar, or one value per threshold or class if the metric was asked for
   * these. Several values are logged as `<name>_0`, `<name>_1` and so on.
   */
  result(state: readonly tf.Tensor[]): tf.Tensor;
}

export type Metric = MeanMetric | StatefulMetric;
