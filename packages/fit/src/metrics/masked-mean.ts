import * as tf from '@tensorflow/tfjs-core';
import type { MeanMetric, StatefulMetric } from '../contract/metric.js';
import { addEach, multiplyWeights } from '../losses/tensors.js';
import { computeWeightedSum, type WeightedSum } from './weighted-sum.js';

/**
 * Creates a mean metric for outputs with a mask. Only the device knows how many values count, so the sums
 * stay there.
 */
export function createMaskedMean(
  name: string,
  metricFor: (yTrue: tf.Tensor, yPred: tf.Tensor) => MeanMetric,
  direction: MeanMetric['direction'],
): StatefulMetric {
  return {
    name,
    ...(direction && { direction }),
    initial: () => [tf.scalar(0), tf.scalar(0)],
    merge: addEach,
    update([total, count], yTrue, yPred, weights) {
      const { sum, weight } = computePart(metricFor(yTrue, yPred), yTrue, yPred, weights);
      return [tf.add(total as tf.Tensor, sum), tf.add(count as tf.Tensor, weight)];
    },
    result: ([total, count]) => tf.divNoNan(total as tf.Tensor, count as tf.Tensor),
  };
}

/** What a loss ignores by itself counts in the sum of the weights no more than in that of the values. */
function computePart(
  metric: MeanMetric,
  yTrue: tf.Tensor,
  yPred: tf.Tensor,
  weights: tf.Tensor | undefined,
): WeightedSum {
  const counted = metric.values.unscaled ?? metric.values;
  if (weights === undefined || counted.mask === undefined)
    return computeWeightedSum(metric.values(yTrue, yPred), weights);
  return computeWeightedSum(counted(yTrue, yPred), multiplyWeights(weights, counted.mask(yTrue, yPred)));
}
