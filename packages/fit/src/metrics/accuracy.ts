import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { optionRules } from '../losses/option-rules.js';
import { createPairedLoss } from '../losses/paired-loss.js';
import type { MeanMetric } from '../contract/metric.js';
import { meanMetric } from './mean-metric.js';
import { type MetricOptions, withOptions } from './metric-options.js';

/**
 * Keras' Accuracy: how often predictions equal targets exactly. Use the other accuracies for probabilities.
 *
 * yTrue and yPred have the same shape.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function accuracy(options: MetricOptions = {}): MeanMetric {
  checkOptions('accuracy', options, { name: optionRules.text });
  const equal = createPairedLoss('accuracy', (yTrue, yPred) => tf.cast(tf.equal(yTrue, yPred), 'float32'));
  return withOptions('accuracy', options, meanMetric(options.name ?? 'accuracy', equal, 'max'));
}
