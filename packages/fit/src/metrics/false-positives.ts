import type { StatefulMetric } from '../contract/metric.js';
import { createConfusionCount } from './confusion.js';
import type { ThresholdOptions } from './metric-options.js';

/** Keras' FalsePositives: the weighted number of targets of 0 that are predicted as 1. */
export function falsePositives(options: ThresholdOptions = {}): StatefulMetric {
  return createConfusionCount('falsePositives', 'false_positives', options);
}
