import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { weightsFor } from './weights-for.js';

/**
 * Keras' reduction 'sum_over_batch_size': the sum of values times weights, divided by the number of values, not by the sum of the
 * weights. Weights [batch] hold for each sample's values alike; [batch, time] weigh each. A scalar is taken as the mean already,
 * and is multiplied by the mean of the weights.
 */
export function weightedMean(values: Tensor, sampleWeight?: Tensor): Scalar {
  return tf.tidy(() => {
    if (sampleWeight === undefined) return tf.mean(values) as Scalar;
    if (values.rank === 0) return tf.mul(values, tf.mean(sampleWeight)) as Scalar;
    return tf.mean(tf.mul(values, weightsFor(values, sampleWeight))) as Scalar;
  });
}
