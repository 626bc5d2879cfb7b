import type { StatefulMetric } from '../contract/metric.js';
import { bestUnderConstraint } from './best-under-constraint.js';
import type { ConstraintOptions } from './constraint-options.js';
import { requiredFraction } from './required-fraction.js';

export interface SensitivityAtSpecificityOptions extends ConstraintOptions {
  /** From 0 to 1: the specificity that a threshold must reach to be considered. Has no default. */
  readonly specificity: number;
}

/** Keras' SensitivityAtSpecificity: the best sensitivity of all thresholds whose specificity is at least the one given, 0 where none is. */
export function sensitivityAtSpecificity(options: SensitivityAtSpecificityOptions): StatefulMetric {
  const { specificity, ...rest } = options;
  const floor = requiredFraction('sensitivityAtSpecificity', 'specificity', specificity);
  return bestUnderConstraint(
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
