import * as tf from '@tensorflow/tfjs-core';
import type { MeanMetric } from '../contract/metric.js';
import { EPSILON } from '../losses/tensors.js';
import { center, type CorrelationOptions, createCorrelation } from './correlation.js';

export type ConcordanceCorrelationOptions = CorrelationOptions;

/**
 * Keras' ConcordanceCorrelation: how close targets and predictions are to being equal, from -1 to 1, along an
 * axis: 2 · covariance / (var(yTrue) + var(yPred) + (mean(yTrue) - mean(yPred))² + 1e-7).
 *
 * yTrue and yPred have the same shape. A model with one output needs `axis: 0`, which compares over each batch.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function concordanceCorrelation(options: ConcordanceCorrelationOptions = {}): MeanMetric {
  return createCorrelation(
    'concordanceCorrelation',
    'concordance_correlation',
    options,
    (yTrue, yPred, axis) => {
      const [trueMean, predictedMean] = [tf.mean(yTrue, axis, true), tf.mean(yPred, axis, true)];
      const variances = tf.add(computeVariance(yTrue, axis), computeVariance(yPred, axis));
      const norm = tf.add(variances, tf.square(tf.sub(trueMean, predictedMean)));
      const covariance = tf.mul(tf.sub(yTrue, predictedMean), tf.sub(yPred, predictedMean));
      return tf.mean(tf.div(tf.mul(covariance, 2), tf.add(norm, EPSILON)), axis);
    },
  );
}

function computeVariance(values: tf.Tensor, axis: number[]): tf.Tensor {
  return tf.mean(tf.square(center(values, axis)), axis, true);
}
