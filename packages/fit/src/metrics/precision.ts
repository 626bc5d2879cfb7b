import type { StatefulMetric } from '../contract/metric.js';
import { createHitRate } from './confusion.js';
import type { ClassThresholdOptions } from './metric-options.js';

/** Keras' Precision: what part of the predicted positives are positive. */
export function precision(options: ClassThresholdOptions = {}): StatefulMetric {
  return createHitRate('precision', 'falsePositives', options);
}
