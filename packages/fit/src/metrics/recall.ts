import type { StatefulMetric } from '../contract/metric.js';
import { createHitRate } from './confusion.js';
import type { ClassThresholdOptions } from './metric-options.js';

/**
 * Keras' Recall: the share of positives that are predicted, true positives / (true positives + false
 * negatives). It is 0 without any.
 *
 * yTrue and yPred have the same shape. The result is a scalar, or [thresholds] if you give several.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function recall(options: ClassThresholdOptions = {}): StatefulMetric {
  return createHitRate('recall', 'falseNegatives', options);
}
