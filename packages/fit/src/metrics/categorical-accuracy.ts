import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { toFloat } from '../losses/tensors.js';
import { optionRules } from '../losses/option-rules.js';
import { createPairedLoss } from '../losses/paired-loss.js';
import type { MeanMetric } from '../contract/metric.js';
import { meanMetric } from './mean-metric.js';
import { type MetricOptions, withOptions } from './metric-options.js';

/**
 * Keras' CategoricalAccuracy: how often the right class has the largest prediction. Targets are one-hot.
 *
 * yTrue and yPred are [batch, …, classes].
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function categoricalAccuracy(options: MetricOptions = {}): MeanMetric {
  checkOptions('categoricalAccuracy', options, { name: optionRules.text });
  const right = createPairedLoss('categoricalAccuracy', (yTrue, yPred) =>
    toFloat(tf.equal(tf.argMax(yTrue, -1), tf.argMax(yPred, -1))),
  );
  return withOptions(
    'categoricalAccuracy',
    options,
    meanMetric(options.name ?? 'categorical_accuracy', right, 'max'),
  );
}
