import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { weightsFor } from './weights-for.js';

/**
 * The weights with which `weightedMean` takes the mean over what the mask leaves, as Keras does: 0 where the mask is 0, and elsewhere so
 * much more. Where it leaves nothing all are 0. Sample weights [batch] multiply a mask [batch, time], which Keras refuses.
 */
export function maskedWeights(
  values: Tensor,
  sampleWeights: Tensor | undefined,
  mask: Tensor | undefined,
): Tensor | undefined {
  if (mask === undefined) return sampleWeights;
  return tf.tidy(() => {
    const kept = weightsFor(values, mask);
    const share = tf.mean(kept);
    const scaled = tf.divNoNan(kept, share);
    return sampleWeights === undefined ? scaled : tf.mul(weightsFor(values, sampleWeights), scaled);
  });
}
