import type { StatefulMetric } from '../contract/metric.js';
import { createConfusionCount } from './confusion.js';
import type { ThresholdOptions } from './metric-options.js';

/**
 * Keras' TrueNegatives: the weighted number of targets of 0 that are predicted as 0.
 *
 * yTrue and yPred have the same shape. The result is a scalar, or [thresholds] if you give several.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function trueNegatives(options: ThresholdOptions = {}): StatefulMetric {
  return createConfusionCount('trueNegatives', 'true_negatives', options);
}
