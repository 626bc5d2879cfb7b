import type { StatefulMetric } from '../contract/metric.js';
import { confusionCount } from './confusion-count.js';
import type { ThresholdOptions } from './threshold-options.js';

/** Keras' FalsePositives: the weighted number of targets of 0 that are predicted as 1. */
export function falsePositives(options: ThresholdOptions = {}): StatefulMetric {
  return confusionCount('falsePositives', 'false_positives', options);
}
