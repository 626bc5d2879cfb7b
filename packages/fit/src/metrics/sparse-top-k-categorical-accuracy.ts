import { checkOptions, isPositiveInteger } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { toFloat } from '../losses/tensors.js';
import { optionRules } from '../losses/option-rules.js';
import { toClassNumbers } from '../losses/labels.js';
import type { MeanMetric } from '../contract/metric.js';
import { isInTopK } from './in-top-k.js';
import { meanMetric } from './mean-metric.js';
import { type MetricOptions, withOptions } from './metric-options.js';

export interface SparseTopKCategoricalAccuracyOptions extends MetricOptions {
  /** How many of the largest predictions are considered. @default 5 */
  readonly k?: number;
}

/**
 * Keras' SparseTopKCategoricalAccuracy: how often the right class is among the k largest predictions. Targets
 * are class numbers.
 *
 * Targets are [batch, …] or [batch, …, 1] for predictions [batch, …, classes].
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function sparseTopKCategoricalAccuracy(
  options: SparseTopKCategoricalAccuracyOptions = {},
): MeanMetric {
  const owner = 'sparseTopKCategoricalAccuracy';
  checkOptions(owner, options, { name: optionRules.text, k: [isPositiveInteger, 'a positive integer'] });
  const { name = 'sparse_top_k_categorical_accuracy', k = 5 } = options;
  return withOptions(
    owner,
    { ...options, k },
    meanMetric(
      name,
      (yTrue, yPred) => tf.tidy(() => isInTopK(toClassNumbers(owner, yTrue, yPred), toFloat(yPred), k)),
      'max',
    ),
  );
}
