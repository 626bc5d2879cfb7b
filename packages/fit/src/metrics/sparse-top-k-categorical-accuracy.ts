import { checkOptions, isPositiveInteger } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { asFloat } from '../losses/as-float.js';
import { optionRules } from '../losses/option-rules.js';
import { sparseLabels } from '../losses/sparse-labels.js';
import type { MeanMetric } from '../contract/metric.js';
import { inTopK } from './in-top-k.js';
import { meanMetric } from './mean-metric.js';
import type { MetricOptions } from './metric-options.js';

export interface SparseTopKCategoricalAccuracyOptions extends MetricOptions {
  /** How many predictions may be the right one.  @default 5 */
  readonly k?: number;
}

/** Keras' SparseTopKCategoricalAccuracy: how often the right class is among the k largest predictions, for class numbers as targets. */
export function sparseTopKCategoricalAccuracy(
  options: SparseTopKCategoricalAccuracyOptions = {},
): MeanMetric {
  const owner = 'sparseTopKCategoricalAccuracy';
  checkOptions(owner, options, { name: optionRules.text, k: [isPositiveInteger, 'a positive integer'] });
  const { name = 'sparse_top_k_categorical_accuracy', k = 5 } = options;
  return meanMetric(
    name,
    (yTrue, yPred) => tf.tidy(() => inTopK(sparseLabels(owner, yTrue, yPred), asFloat(yPred), k)),
    'max',
  );
}
