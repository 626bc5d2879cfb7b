import { add, divNoNan, scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { MeanMetric, StatefulMetric } from '../contract/metric.js';
import { weightedSum } from './weighted-sum.js';

/** A mean metric for outputs of which only a part counts: how many values count is known on the device alone, so the sums stay there. */
export function maskedMean(
  name: string,
  metricFor: (yTrue: Tensor, yPred: Tensor) => MeanMetric,
  direction: MeanMetric['direction'],
): StatefulMetric {
  return {
    name,
    ...(direction && { direction }),
    initial: () => [scalar(0), scalar(0)],
    update([total, count], yTrue, yPred, weights) {
      const { sum, weight } = weightedSum(metricFor(yTrue, yPred).values(yTrue, yPred), weights);
      return [add(total as Tensor, sum), add(count as Tensor, weight)];
    },
    result: ([total, count]) => divNoNan(total as Tensor, count as Tensor),
  };
}
