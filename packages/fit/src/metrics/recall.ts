import type { StatefulMetric } from '../contract/metric.js';
import { createHitRate } from './confusion.js';
import type { ClassThresholdOptions } from './metric-options.js';

/** Keras' Recall: what part of the positives are predicted. */
export function recall(options: ClassThresholdOptions = {}): StatefulMetric {
  return createHitRate('recall', 'falseNegatives', options);
}
