import * as tf from '@tensorflow/tfjs-core';
import { alignWeights } from '../losses/tensors.js';

/**
 * One batch's part of a running mean, as two scalars. The mean is sum / weight, or 0 if all weights are 0.
 */
export interface WeightedSum {
  readonly sum: tf.Scalar;
  readonly weight: tf.Scalar;
}

/**
 * Computes one batch's part of a mean metric, as Keras' Mean counts it: the sum over samples of each sample's
 * mean times its weight, and the sum of the weights. Without weights, the second is the number of samples.
 *
 * Weights [batch, time] also weight the values within a sample. A scalar counts as one sample.
 */
export function computeWeightedSum(values: tf.Tensor, sampleWeight?: tf.Tensor): WeightedSum {
  return tf.tidy(() => {
    if (sampleWeight === undefined) {
      return { sum: tf.sum(averageSamples(values)) as tf.Scalar, weight: tf.scalar(values.shape[0] ?? 1) };
    }
    if (values.rank === 0)
      return {
        sum: tf.mul(values, tf.sum(sampleWeight)) as tf.Scalar,
        weight: tf.sum(sampleWeight) as tf.Scalar,
      };
    const weights = alignWeights(values, sampleWeight);
    return {
      sum: tf.sum(averageSamples(tf.mul(values, weights))) as tf.Scalar,
      weight: tf.sum(averageSamples(weights)) as tf.Scalar,
    };
  });
}

function averageSamples(values: tf.Tensor): tf.Tensor {
  return values.rank < 2 ? values : tf.mean(tf.reshape(values, [values.shape[0] ?? 0, -1]), 1);
}
