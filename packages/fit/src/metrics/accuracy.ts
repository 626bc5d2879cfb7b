import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { optionRules } from '../losses/option-rules.js';
import { pairedLoss } from '../losses/paired-loss.js';
import type { MeanMetric } from '../contract/metric.js';
import { meanMetric } from './mean-metric.js';
import type { MetricOptions } from './metric-options.js';

/** Keras' Accuracy: how often predictions equal targets exactly. For probabilities there are the other accuracies. */
export function accuracy(options: MetricOptions = {}): MeanMetric {
  checkOptions('accuracy', options, { name: optionRules.text });
  const equal = pairedLoss('accuracy', (yTrue, yPred) => tf.cast(tf.equal(yTrue, yPred), 'float32'));
  return meanMetric(options.name ?? 'accuracy', equal, 'max');
}
