import type { StatefulMetric } from '../contract/metric.js';
import { createConfusionCount } from './confusion.js';
import type { ThresholdOptions } from './metric-options.js';

/** Keras' FalseNegatives: the weighted number of targets of 1 that are predicted as 0. */
export function falseNegatives(options: ThresholdOptions = {}): StatefulMetric {
  return createConfusionCount('falseNegatives', 'false_negatives', options);
}
