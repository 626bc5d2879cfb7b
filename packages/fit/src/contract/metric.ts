import type { Tensor } from '@tensorflow/tfjs-core';

/** Whether a metric gets better by falling or by rising. Callbacks in mode 'auto' read it. */
export type MetricDirection = 'min' | 'max';

/** A metric that is the mean of values over samples; the loop keeps the running sums, see `weightedSum`. */
export interface MeanMetric {
  /** Its key in the logs. */
  readonly name: string;
  /** Left out where neither is better, as for the mean of the predictions. */
  readonly direction?: MetricDirection;
  /** One value a sample, [batch], or more of them, [batch, ...], of which each sample's mean counts. */
  values(yTrue: Tensor, yPred: Tensor): Tensor;
}

/**
 * A metric with a running state in tensors, such as counts of true positives.
 *
 * The loop begins each epoch with `initial`, feeds every batch to `update` and reads `result` where logs are due. The state of
 * an epoch goes into the checkpoint tensor by tensor, in order, and after a restore comes back into `update` as plain tensors.
 * The metric itself keeps none.
 */
export interface StatefulMetric {
  /** Its key in the logs. */
  readonly name: string;
  readonly direction?: MetricDirection;
  /** The state before the first batch. Reads only the shape of `yPred`, for metrics that count per class. */
  initial(yPred: Tensor): Tensor[];
  /** The state with one more batch: new tensors, as many as before and of the same shapes. Never writes into the old ones. */
  update(state: readonly Tensor[], yTrue: Tensor, yPred: Tensor, weights?: Tensor): Tensor[];
  /**
   * The metric of all batches so far: a scalar, or one value a threshold or class where the metric was asked for these. Logs hold one number
   * a key: of several values they have the first.
   */
  result(state: readonly Tensor[]): Tensor;
}

export type Metric = MeanMetric | StatefulMetric;
