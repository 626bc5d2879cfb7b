import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { optionRules } from '../losses/option-rules.js';
import { createPairedLoss } from '../losses/paired-loss.js';
import type { StatefulMetric } from '../contract/metric.js';
import { type MetricOptions, withOptions } from './metric-options.js';
import { addEach } from '../losses/tensors.js';
import { computeWeightedSum } from './weighted-sum.js';

/**
 * Keras' RootMeanSquaredError: the square root of the mean squared error over all samples so far.
 *
 * yTrue and yPred have the same shape.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function rootMeanSquaredError(options: MetricOptions = {}): StatefulMetric {
  checkOptions('rootMeanSquaredError', options, { name: optionRules.text });
  const squares = createPairedLoss('rootMeanSquaredError', (yTrue, yPred) => tf.square(tf.sub(yPred, yTrue)));
  return withOptions('rootMeanSquaredError', options, {
    name: options.name ?? 'root_mean_squared_error',
    direction: 'min',
    initial: () => [tf.scalar(0), tf.scalar(0)],
    merge: addEach,
    update: (state, yTrue, yPred, weights) =>
      tf.tidy(() => {
        const { sum, weight } = computeWeightedSum(squares(yTrue, yPred), weights);
        return addEach(state, [sum, weight]);
      }),
    result: (state) =>
      tf.tidy(() => {
        const [total, count] = state as [tf.Tensor, tf.Tensor];
        return tf.sqrt(tf.divNoNan(total, count));
      }),
  });
}
