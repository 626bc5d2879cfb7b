import type { StatefulMetric } from '../contract/metric.js';
import { createConstrainedRate, type ConstraintOptions, requireFraction } from './constrained-rate.js';

export interface PrecisionAtRecallOptions extends ConstraintOptions {
  /** From 0 to 1: the recall that a threshold must reach to be considered. Has no default. */
  readonly recall: number;
}

/** Keras' PrecisionAtRecall: the best precision of all thresholds whose recall is at least the one given, 0 where none is. */
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
