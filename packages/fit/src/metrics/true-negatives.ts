import type { StatefulMetric } from '../contract/metric.js';
import { confusionCount } from './confusion-count.js';
import type { ThresholdOptions } from './threshold-options.js';

/** Keras' TrueNegatives: the weighted number of targets of 0 that are predicted as 0. */
export function trueNegatives(options: ThresholdOptions = {}): StatefulMetric {
  return confusionCount('trueNegatives', 'true_negatives', options);
}
