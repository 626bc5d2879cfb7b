import type { StatefulMetric } from '../contract/metric.js';
import { confusionCount } from './confusion-count.js';
import type { ThresholdOptions } from './threshold-options.js';

/** Keras' TruePositives: the weighted number of targets of 1 that are predicted as 1. */
export function truePositives(options: ThresholdOptions = {}): StatefulMetric {
  return confusionCount('truePositives', 'true_positives', options);
}
