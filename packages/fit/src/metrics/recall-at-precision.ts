import type { StatefulMetric } from '../contract/metric.js';
import { bestUnderConstraint } from './best-under-constraint.js';
import type { ConstraintOptions } from './constraint-options.js';
import { requiredFraction } from './required-fraction.js';

export interface RecallAtPrecisionOptions extends ConstraintOptions {
  /** From 0 to 1: the precision that a threshold must reach to be considered. Has no default. */
  readonly precision: number;
}

/** Keras' RecallAtPrecision: the best recall of all thresholds whose precision is at least the one given, 0 where none is. */
export function recallAtPrecision(options: RecallAtPrecisionOptions): StatefulMetric {
  const { precision, ...rest } = options;
  const floor = requiredFraction('recallAtPrecision', 'precision', precision);
  return bestUnderConstraint(
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
