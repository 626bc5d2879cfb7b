import * as tf from '@tensorflow/tfjs-core';
import type { MeanMetric } from '../contract/metric.js';
import { center, type CorrelationOptions, createCorrelation } from './correlation.js';

export type PearsonCorrelationOptions = CorrelationOptions;

/**
 * Keras' PearsonCorrelation: how linear the relation of targets and predictions is, from -1 to 1, along an axis.
 * It is the covariance divided by both standard deviations.
 *
 * yTrue and yPred have the same shape. Values that are all equal along the axis give NaN, as in Keras: a model
 * with one output needs `axis: 0`, which correlates over each batch.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function pearsonCorrelation(options: PearsonCorrelationOptions = {}): MeanMetric {
  return createCorrelation('pearsonCorrelation', 'pearson_correlation', options, (yTrue, yPred, axis) =>
    tf.mean(tf.mul(standardize(yTrue, axis), standardize(yPred, axis)), axis),
  );
}

function standardize(values: tf.Tensor, axis: number[]): tf.Tensor {
  const centered = center(values, axis);
  return tf.div(centered, tf.sqrt(tf.mean(tf.square(center(centered, axis)), axis, true)));
}
