import * as tf from '@tensorflow/tfjs-core';
import type { Reduction } from '../contract/loss.js';
import { alignWeights, multiplyWeights, toFloat, withoutGradient } from './tensors.js';

/** What the loss of a shard depends on beside its rows, so that the shares of all shards add up to the loss of the batch. */
export interface ShardScale {
  /** The rows of the shard ÷ the rows of the batch, float32 []. */
  readonly share: tf.Scalar;
  /**
   * What the loss of the whole batch is divided by, float32 []: the mean of its mask, or with
   * 'mean_with_sample_weight' the sum of its weights. Undefined if the loss is divided by neither.
   */
  readonly divisor: tf.Scalar | undefined;
}

/**
 * Reduces the values of a loss to one number, as Keras does: see `Reduction`. Weights [batch] apply to all
 * values of a sample, weights [batch, time] to each value. The caller handles `'none'`.
 *
 * @param shard Given if the values are those of a shard. The result is then such that the sum over the shards of share
 * times result is the loss of the batch.
 * @throws KEEPFIT_INVALID_DATA when the mask or the weights do not fit the values.
 */
export function reduceLoss(
  values: tf.Tensor,
  reduction: Reduction = 'sum_over_batch_size',
  sampleWeights?: tf.Tensor,
  mask?: tf.Tensor,
  shard?: ShardScale,
): tf.Scalar {
  return tf.tidy(() => {
    if (reduction !== 'sum' && reduction !== 'mean_with_sample_weight')
      return weightedMean(values, maskWeights(values, sampleWeights, mask, shard?.divisor));
    const given = multiplyWeights(sampleWeights, mask);
    const weights = given === undefined || values.rank === 0 ? given : alignWeights(values, given);
    const sum = tf.sum(weights === undefined ? values : tf.mul(values, weights)) as tf.Scalar;
    if (reduction === 'sum') return shard === undefined ? sum : tf.div(sum, shard.share);
    const total =
      shard?.divisor !== undefined
        ? tf.mul(shard.share, shard.divisor)
        : weights === undefined
          ? tf.scalar(values.size)
          : tf.sum(weights);
    return tf.mul(
      sum,
      withoutGradient(total, (fixed) => tf.divNoNan(1, fixed)),
    );
  });
}

/**
 * Keras' reduction 'sum_over_batch_size': the sum of values times weights, divided by the number of values,
 * not by the sum of the weights.
 *
 * Weights [batch] apply to all values of a sample; weights [batch, time] apply to each value. A scalar counts
 * as the mean already and is multiplied by the mean of the weights.
 *
 * @throws KEEPFIT_INVALID_DATA when the weights do not fit the values.
 */
export function weightedMean(values: tf.Tensor, sampleWeight?: tf.Tensor): tf.Scalar {
  return tf.tidy(() => {
    if (sampleWeight === undefined) return tf.mean(values) as tf.Scalar;
    if (values.rank === 0) return tf.mul(values, tf.mean(sampleWeight)) as tf.Scalar;
    return tf.mean(tf.mul(values, alignWeights(values, sampleWeight))) as tf.Scalar;
  });
}

/**
 * Combines sample weights and a mask so that `weightedMean` averages over the unmasked values only, as Keras
 * does. Weights are 0 where the mask is 0, and larger elsewhere to make up for it; they are all 0 if
 * everything is masked. Sample weights [batch] multiply a mask [batch, time], which Keras refuses. A scalar
 * counts as the mean already, of no known shape: its weights keep their own.
 *
 * @throws KEEPFIT_INVALID_DATA when the mask or the weights do not fit the values.
 */
function maskWeights(
  values: tf.Tensor,
  sampleWeights: tf.Tensor | undefined,
  mask: tf.Tensor | undefined,
  meanOfBatch?: tf.Scalar,
): tf.Tensor | undefined {
  if (mask === undefined) return sampleWeights;
  return tf.tidy(() => {
    const kept = values.rank === 0 ? toFloat(mask) : alignWeights(values, mask);
    const scaled = withoutGradient(kept, (fixed) => tf.divNoNan(fixed, meanOfBatch ?? tf.mean(fixed)));
    if (values.rank === 0) return multiplyWeights(sampleWeights, scaled);
    return sampleWeights === undefined ? scaled : tf.mul(alignWeights(values, sampleWeights), scaled);
  });
}

/** Whether the values are averaged without the sum of the weights, so that their scale can leave some out. */
export function isMean(reduction: Reduction | undefined): boolean {
  return reduction === undefined || reduction === 'sum_over_batch_size' || reduction === 'mean';
}
