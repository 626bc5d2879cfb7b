import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { alignWeights } from '../losses/tensors.js';

/** What one batch adds to a running mean. Both are scalars; the mean is their running quotient, or 0 where all weights are 0. */
export interface WeightedSum {
  readonly sum: Scalar;
  readonly weight: Scalar;
}

/**
 * One batch's share of a mean metric, as Keras' Mean counts it: each sample's mean times its weight, summed over samples, and the
 * sum of the weights, without weights the number of samples. Weights [batch, time] weigh the values within a sample too. A scalar
 * counts as one sample.
 */
export function computeWeightedSum(values: Tensor, sampleWeight?: Tensor): WeightedSum {
  return tf.tidy(() => {
    if (sampleWeight === undefined) {
      return { sum: tf.sum(averageSamples(values)) as Scalar, weight: tf.scalar(values.shape[0] ?? 1) };
    }
    if (values.rank === 0)
      return { sum: tf.mul(values, tf.sum(sampleWeight)) as Scalar, weight: tf.sum(sampleWeight) as Scalar };
    const weights = alignWeights(values, sampleWeight);
    return {
      sum: tf.sum(averageSamples(tf.mul(values, weights))) as Scalar,
      weight: tf.sum(averageSamples(weights)) as Scalar,
    };
  });
}

function averageSamples(values: Tensor): Tensor {
  return values.rank < 2 ? values : tf.mean(tf.reshape(values, [values.shape[0] ?? 0, -1]), 1);
}
