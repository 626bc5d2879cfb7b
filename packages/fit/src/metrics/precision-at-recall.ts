import type { StatefulMetric } from '../contract/metric.js';
import { createConstrainedRate, type ConstraintOptions, requireFraction } from './constrained-rate.js';

export interface PrecisionAtRecallOptions extends ConstraintOptions {
  /** From 0 to 1: the recall that a threshold must reach to be considered. Required. */
  readonly recall: number;
}

/**
 * Keras' PrecisionAtRecall: the best precision of all thresholds whose recall is at least the one given. It
 * is 0 if no threshold qualifies.
 *
 * yTrue and yPred have the same shape.
 *
 * @throws KEEPFIT_INVALID_OPTION when `recall` is missing, or when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function precisionAtRecall(options: PrecisionAtRecallOptions): StatefulMetric {
  const { recall, ...rest } = options;
  const floor = requireFraction('precisionAtRecall', 'recall', recall);
  return createConstrainedRate(
    {
      owner: 'precisionAtRecall',
      defaultName: 'precision_at_recall',
      best: 'precision',
      constrained: 'recall',
      floor,
    },
    rest,
  );
}
