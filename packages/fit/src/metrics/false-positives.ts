import type { StatefulMetric } from '../contract/metric.js';
import { createConfusionCount } from './confusion.js';
import type { ThresholdOptions } from './metric-options.js';

/**
 * Keras' FalsePositives: the weighted number of targets of 0 that are predicted as 1.
 *
 * yTrue and yPred have the same shape. The result is a scalar, or [thresholds] if you give several.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function falsePositives(options: ThresholdOptions = {}): StatefulMetric {
  return createConfusionCount('falsePositives', 'false_positives', options);
}
