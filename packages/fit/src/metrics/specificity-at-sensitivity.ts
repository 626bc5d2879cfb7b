import type { StatefulMetric } from '../contract/metric.js';
import { createConstrainedRate, type ConstraintOptions, requireFraction } from './constrained-rate.js';

export interface SpecificityAtSensitivityOptions extends ConstraintOptions {
  /** From 0 to 1: the sensitivity that a threshold must reach to be considered. Required. */
  readonly sensitivity: number;
}

/**
 * Keras' SpecificityAtSensitivity: the best specificity of all thresholds whose sensitivity is at least the
 * one given. It is 0 if no threshold qualifies.
 *
 * yTrue and yPred have the same shape.
 *
 * @throws KEEPFIT_INVALID_OPTION when `sensitivity` is missing, or when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function specificityAtSensitivity(options: SpecificityAtSensitivityOptions): StatefulMetric {
  const { sensitivity, ...rest } = options;
  const floor = requireFraction('specificityAtSensitivity', 'sensitivity', sensitivity);
  return createConstrainedRate(
    {
      owner: 'specificityAtSensitivity',
      defaultName: 'specificity_at_sensitivity',
      best: 'specificity',
      constrained: 'sensitivity',
      floor,
    },
    rest,
  );
}
