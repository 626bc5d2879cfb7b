import type { StatefulMetric } from '../contract/metric.js';
import { bestUnderConstraint } from './best-under-constraint.js';
import type { ConstraintOptions } from './constraint-options.js';
import { requiredFraction } from './required-fraction.js';

export interface PrecisionAtRecallOptions extends ConstraintOptions {
  /** From 0 to 1: the recall that a threshold must reach to be considered. Has no default. */
  readonly recall: number;
}

/** Keras' PrecisionAtRecall: the best precision of all thresholds whose recall is at least the one given, 0 where none is. */
export function precisionAtRecall(options: PrecisionAtRecallOptions): StatefulMetric {
  const { recall, ...rest } = options;
  const floor = requiredFraction('precisionAtRecall', 'recall', recall);
  return bestUnderConstraint(
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
