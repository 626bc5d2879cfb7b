import * as tf from '@tensorflow/tfjs-core';
import type { MeanMetric, StatefulMetric } from '../contract/metric.js';
import { computeWeightedSum } from './weighted-sum.js';

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
    update([total, count], yTrue, yPred, weights) {
      const { sum, weight } = computeWeightedSum(metricFor(yTrue, yPred).values(yTrue, yPred), weights);
      return [tf.add(total as tf.Tensor, sum), tf.add(count as tf.Tensor, weight)];
    },
    result: ([total, count]) => tf.divNoNan(total as tf.Tensor, count as tf.Tensor),
  };
}
