import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { optionRules } from '../losses/option-rules.js';
import { pairedLoss } from '../losses/paired-loss.js';
import type { StatefulMetric } from '../contract/metric.js';
import type { MetricOptions } from './metric-options.js';
import { sumsOf } from './sums-of.js';
import { weightedSum } from './weighted-sum.js';

/** Keras' RootMeanSquaredError: the root of the mean squared error over all samples so far. */
export function rootMeanSquaredError(options: MetricOptions = {}): StatefulMetric {
  checkOptions('rootMeanSquaredError', options, { name: optionRules.text });
  const squares = pairedLoss('rootMeanSquaredError', (yTrue, yPred) => tf.square(tf.sub(yPred, yTrue)));
  return {
    name: options.name ?? 'root_mean_squared_error',
    direction: 'min',
    initial: () => [tf.scalar(0), tf.scalar(0)],
    update: (state, yTrue, yPred, weights) =>
      tf.tidy(() => {
        const { sum, weight } = weightedSum(squares(yTrue, yPred), weights);
        return sumsOf(state, [sum, weight]);
      }),
    result: (state) =>
      tf.tidy(() => {
        const [total, count] = state as [tf.Tensor, tf.Tensor];
        return tf.sqrt(tf.divNoNan(total, count));
      }),
  };
}
