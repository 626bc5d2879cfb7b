import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { asFloat } from '../losses/as-float.js';
import { optionRules } from '../losses/option-rules.js';
import { pairedLoss } from '../losses/paired-loss.js';
import type { MeanMetric } from '../contract/metric.js';
import { meanMetric } from './mean-metric.js';
import type { MetricOptions } from './metric-options.js';

/** Keras' CategoricalAccuracy: how often the largest prediction is that of the right class, for one-hot targets. */
export function categoricalAccuracy(options: MetricOptions = {}): MeanMetric {
  checkOptions('categoricalAccuracy', options, { name: optionRules.text });
  const right = pairedLoss('categoricalAccuracy', (yTrue, yPred) =>
    asFloat(tf.equal(tf.argMax(yTrue, -1), tf.argMax(yPred, -1))),
  );
  return meanMetric(options.name ?? 'categorical_accuracy', right, 'max');
}
