import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { toFloat } from '../losses/tensors.js';
import { optionRules } from '../losses/option-rules.js';
import { toClassNumbers } from '../losses/labels.js';
import type { MeanMetric } from '../contract/metric.js';
import { meanMetric } from './mean-metric.js';
import { type MetricOptions, withOptions } from './metric-options.js';

/**
 * Keras' SparseCategoricalAccuracy: how often the right class has the largest prediction. Targets are class
 * numbers.
 *
 * Targets are [batch, …] or [batch, …, 1] for predictions [batch, …, classes].
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function sparseCategoricalAccuracy(options: MetricOptions = {}): MeanMetric {
  checkOptions('sparseCategoricalAccuracy', options, { name: optionRules.text });
  const owner = 'sparseCategoricalAccuracy';
  return withOptions(
    'sparseCategoricalAccuracy',
    options,
    meanMetric(
      options.name ?? 'sparse_categorical_accuracy',
      (yTrue, yPred) =>
        tf.tidy(() => toFloat(tf.equal(toClassNumbers(owner, yTrue, yPred), tf.argMax(yPred, -1)))),
      'max',
    ),
  );
}
