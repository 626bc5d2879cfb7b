import { checkOptions, isPositiveInteger } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { optionRules } from '../losses/option-rules.js';
import { pairedLoss } from '../losses/paired-loss.js';
import type { MeanMetric } from '../contract/metric.js';
import { inTopK } from './in-top-k.js';
import { meanMetric } from './mean-metric.js';
import type { MetricOptions } from './metric-options.js';

export interface TopKCategoricalAccuracyOptions extends MetricOptions {
  /** How many predictions may be the right one.  @default 5 */
  readonly k?: number;
}

/** Keras' TopKCategoricalAccuracy: how often the right class is among the k largest predictions, for one-hot targets. */
export function topKCategoricalAccuracy(options: TopKCategoricalAccuracyOptions = {}): MeanMetric {
  checkOptions('topKCategoricalAccuracy', options, {
    name: optionRules.text,
    k: [isPositiveInteger, 'a positive integer'],
  });
  const { name = 'top_k_categorical_accuracy', k = 5 } = options;
  const right = pairedLoss('topKCategoricalAccuracy', (yTrue, yPred) =>
    inTopK(tf.argMax(yTrue, -1), yPred, k),
  );
  return meanMetric(name, right, 'max');
}
