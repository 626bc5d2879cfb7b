import type { StatefulMetric } from '../contract/metric.js';
import { hitRate } from './hit-rate.js';
import type { ClassThresholdOptions } from './threshold-options.js';

/** Keras' Recall: what part of the positives are predicted. */
export function recall(options: ClassThresholdOptions = {}): StatefulMetric {
  return hitRate('recall', 'falseNegatives', options);
}
