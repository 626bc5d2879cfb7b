import type { StatefulMetric } from '../contract/metric.js';
import { createConstrainedRate, type ConstraintOptions, requireFraction } from './constrained-rate.js';

export interface RecallAtPrecisionOptions extends ConstraintOptions {
  /** From 0 to 1: the precision that a threshold must reach to be considered. Required. */
  readonly precision: number;
}

/**
 * Keras' RecallAtPrecision: the best recall of all thresholds whose precision is at least the one given. It
 * is 0 if no threshold qualifies.
 *
 * yTrue and yPred have the same shape.
 *
 * @throws KEEPFIT_INVALID_OPTION when `precision` is missing, or when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function recallAtPrecision(options: RecallAtPrecisionOptions): StatefulMetric {
  const { precision, ...rest } = options;
  const floor = requireFraction('recallAtPrecision', 'precision', precision);
  return createConstrainedRate(
    {
      owner: 'recallAtPrecision',
      defaultName: 'recall_at_precision',
      best: 'recall',
      constrained: 'precision',
      floor,
    },
    rest,
  );
}
