import type { StatefulMetric } from '../contract/metric.js';
import { hitRate } from './hit-rate.js';
import type { ClassThresholdOptions } from './threshold-options.js';

/** Keras' Precision: what part of the predicted positives are positive. */
export function precision(options: ClassThresholdOptions = {}): StatefulMetric {
  return hitRate('precision', 'falsePositives', options);
}
