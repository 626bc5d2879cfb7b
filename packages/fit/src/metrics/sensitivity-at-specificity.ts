import type { StatefulMetric } from '../contract/metric.js';
import { createConstrainedRate, type ConstraintOptions, requireFraction } from './constrained-rate.js';

export interface SensitivityAtSpecificityOptions extends ConstraintOptions {
  /** From 0 to 1: the specificity that a threshold must reach to be considered. Required. */
  readonly specificity: number;
}

/**
 * Keras' SensitivityAtSpecificity: the best sensitivity of all thresholds whose specificity is at least the
 * one given. It is 0 if no threshold qualifies.
 *
 * yTrue and yPred have the same shape.
 *
 * @throws KEEPFIT_INVALID_OPTION when `specificity` is missing, or when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function sensitivityAtSpecificity(options: SensitivityAtSpecificityOptions): StatefulMetric {
  const { specificity, ...rest } = options;
  const floor = requireFraction('sensitivityAtSpecificity', 'specificity', specificity);
  return createConstrainedRate(
    {
      owner: 'sensitivityAtSpecificity',
      defaultName: 'sensitivity_at_specificity',
      best: 'sensitivity',
      constrained: 'specificity',
      floor,
    },
    rest,
  );
}
