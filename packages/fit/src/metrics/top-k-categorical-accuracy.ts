import { checkOptions, isPositiveInteger } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { optionRules } from '../losses/option-rules.js';
import { createPairedLoss } from '../losses/paired-loss.js';
import type { MeanMetric } from '../contract/metric.js';
import { isInTopK } from './in-top-k.js';
import { meanMetric } from './mean-metric.js';
import { type MetricOptions, withOptions } from './metric-options.js';

export interface TopKCategoricalAccuracyOptions extends MetricOptions {
  /** How many of the largest predictions are considered. @default 5 */
  readonly k?: number;
}

/**
 * Keras' TopKCategoricalAccuracy: how often the right class is among the k largest predictions. Targets are
 * one-hot.
 *
 * yTrue and yPred are [batch, …, classes].
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function topKCategoricalAccuracy(options: TopKCategoricalAccuracyOptions = {}): MeanMetric {
  checkOptions('topKCategoricalAccuracy', options, {
    name: optionRules.text,
    k: [isPositiveInteger, 'a positive integer'],
  });
  const { name = 'top_k_categorical_accuracy', k = 5 } = options;
  const right = createPairedLoss('topKCategoricalAccuracy', (yTrue, yPred) =>
    isInTopK(tf.argMax(yTrue, -1), yPred, k),
  );
  return withOptions('topKCategoricalAccuracy', { ...options, k }, meanMetric(name, right, 'max'));
}
