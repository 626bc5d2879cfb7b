import type { StatefulMetric } from '../contract/metric.js';
import { createConfusionCount } from './confusion.js';
import type { ThresholdOptions } from './metric-options.js';

/**
 * Keras' FalseNegatives: the weighted number of targets of 1 that are predicted as 0.
 *
 * yTrue and yPred have the same shape. The result is a scalar, or [thresholds] if you give several.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function falseNegatives(options: ThresholdOptions = {}): StatefulMetric {
  return createConfusionCount('falseNegatives', 'false_negatives', options);
}
