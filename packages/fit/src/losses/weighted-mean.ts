import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { alignWeights } from './tensors.js';

/**
 * Keras' reduction 'sum_over_batch_size': the sum of values times weights, divided by the number of values, not by the sum of the
 * weights. Weights [batch] hold for each sample's values alike; [batch, time] weigh each. A scalar is taken as the mean already,
 * and is multiplied by the mean of the weights.
 */
export function weightedMean(values: Tensor, sampleWeight?: Tensor): Scalar {
  return tf.tidy(() => {
    if (sampleWeight === undefined) return tf.mean(values) as Scalar;
    if (values.rank === 0) return tf.mul(values, tf.mean(sampleWeight)) as Scalar;
    return tf.mean(tf.mul(values, alignWeights(values, sampleWeight))) as Scalar;
  });
}

/**
 * The weights with which `weightedMean` takes the mean over what the mask leaves, as Keras does: 0 where the mask is 0, and elsewhere so
 * much more. Where it leaves nothing all are 0. Sample weights [batch] multiply a mask [batch, time], which Keras refuses.
 */
export function maskWeights(
  values: Tensor,
  sampleWeights: Tensor | undefined,
  mask: Tensor | undefined,
): Tensor | undefined {
  if (mask === undefined) return sampleWeights;
  return tf.tidy(() => {
    const kept = alignWeights(values, mask);
    const share = tf.mean(kept);
    const scaled = tf.divNoNan(kept, share);
    return sampleWeights === undefined ? scaled : tf.mul(alignWeights(values, sampleWeights), scaled);
  });
}
