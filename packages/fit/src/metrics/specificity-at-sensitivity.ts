import type { StatefulMetric } from '../contract/metric.js';
import { bestUnderConstraint } from './best-under-constraint.js';
import type { ConstraintOptions } from './constraint-options.js';
import { requiredFraction } from './required-fraction.js';

export interface SpecificityAtSensitivityOptions extends ConstraintOptions {
  /** From 0 to 1: the sensitivity that a threshold must reach to be considered. Has no default. */
  readonly sensitivity: number;
}

/** Keras' SpecificityAtSensitivity: the best specificity of all thresholds whose sensitivity is at least the one given, 0 where none is. */
export function specificityAtSensitivity(options: SpecificityAtSensitivityOptions): StatefulMetric {
  const { sensitivity, ...rest } = options;
  const floor = requiredFraction('specificityAtSensitivity', 'sensitivity', sensitivity);
  return bestUnderConstraint(
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
