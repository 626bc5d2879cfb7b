import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { asFloat } from '../losses/as-float.js';
import { optionRules } from '../losses/option-rules.js';
import { pairedLoss } from '../losses/paired-loss.js';
import type { MeanMetric } from '../contract/metric.js';
import { meanMetric } from './mean-metric.js';
import type { MetricOptions } from './metric-options.js';

export interface BinaryAccuracyOptions extends MetricOptions {
  /** A prediction above it counts as label 1.  @default 0.5 */
  readonly threshold?: number;
}

/** Keras' BinaryAccuracy: how often predictions fall on the right side of a threshold. */
export function binaryAccuracy(options: BinaryAccuracyOptions = {}): MeanMetric {
  checkOptions('binaryAccuracy', options, { name: optionRules.text, threshold: optionRules.finite });
  const { name = 'binary_accuracy', threshold = 0.5 } = options;
  const right = pairedLoss('binaryAccuracy', (yTrue, yPred) =>
    asFloat(tf.equal(yTrue, asFloat(tf.greater(yPred, threshold)))),
  );
  return meanMetric(name, right, 'max');
}
