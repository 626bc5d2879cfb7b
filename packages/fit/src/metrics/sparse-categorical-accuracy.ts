import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { asFloat } from '../losses/as-float.js';
import { optionRules } from '../losses/option-rules.js';
import { sparseLabels } from '../losses/sparse-labels.js';
import type { MeanMetric } from '../contract/metric.js';
import { meanMetric } from './mean-metric.js';
import type { MetricOptions } from './metric-options.js';

/** Keras' SparseCategoricalAccuracy: how often the largest prediction is that of the right class, for targets that are class numbers. */
export function sparseCategoricalAccuracy(options: MetricOptions = {}): MeanMetric {
  checkOptions('sparseCategoricalAccuracy', options, { name: optionRules.text });
  const owner = 'sparseCategoricalAccuracy';
  return meanMetric(
    options.name ?? 'sparse_categorical_accuracy',
    (yTrue, yPred) =>
      tf.tidy(() => asFloat(tf.equal(sparseLabels(owner, yTrue, yPred), tf.argMax(yPred, -1)))),
    'max',
  );
}
