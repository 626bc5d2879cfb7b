import type { StatefulMetric } from '../contract/metric.js';
import { confusionCount } from './confusion-count.js';
import type { ThresholdOptions } from './threshold-options.js';

/** Keras' FalseNegatives: the weighted number of targets of 1 that are predicted as 0. */
export function falseNegatives(options: ThresholdOptions = {}): StatefulMetric {
  return confusionCount('falseNegatives', 'false_negatives', options);
}
