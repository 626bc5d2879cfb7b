import type { StatefulMetric } from '../contract/metric.js';
import { createConfusionCount } from './confusion.js';
import type { ThresholdOptions } from './metric-options.js';

/** Keras' TruePositives: the weighted number of targets of 1 that are predicted as 1. */
export function truePositives(options: ThresholdOptions = {}): StatefulMetric {
  return createConfusionCount('truePositives', 'true_positives', options);
}
