import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { toFloat } from '../losses/tensors.js';
import { optionRules } from '../losses/option-rules.js';
import { createPairedLoss } from '../losses/paired-loss.js';
import type { MeanMetric } from '../contract/metric.js';
import { meanMetric } from './mean-metric.js';
import { type MetricOptions, withOptions } from './metric-options.js';

export interface BinaryAccuracyOptions extends MetricOptions {
  /** A prediction above it counts as label 1. @default 0.5 */
  readonly threshold?: number;
}

/**
 * Keras' BinaryAccuracy: how often predictions are on the right side of a threshold. Labels are 0 and 1.
 *
 * yTrue and yPred have the same shape.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function binaryAccuracy(options: BinaryAccuracyOptions = {}): MeanMetric {
  checkOptions('binaryAccuracy', options, { name: optionRules.text, threshold: optionRules.finite });
  const { name = 'binary_accuracy', threshold = 0.5 } = options;
  const right = createPairedLoss('binaryAccuracy', (yTrue, yPred) =>
    toFloat(tf.equal(yTrue, toFloat(tf.greater(yPred, threshold)))),
  );
  return withOptions('binaryAccuracy', { ...options, threshold }, meanMetric(name, right, 'max'));
}
