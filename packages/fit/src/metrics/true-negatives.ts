import type { StatefulMetric } from '../contract/metric.js';
import { createConfusionCount } from './confusion.js';
import type { ThresholdOptions } from './metric-options.js';

/** Keras' TrueNegatives: the weighted number of targets of 0 that are predicted as 0. */
export function trueNegatives(options: ThresholdOptions = {}): StatefulMetric {
  return createConfusionCount('trueNegatives', 'true_negatives', options);
}
