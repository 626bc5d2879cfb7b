import { checkOptions } from '@keepfit/callbacks/internal';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { optionRules } from '../losses/option-rules.js';
import type { StatefulMetric } from '../contract/metric.js';
import { confusionCounts } from './confusion-counts.js';
import type { ConstraintOptions } from './constraint-options.js';
import { ratesOf, type RateName } from './rates-of.js';
import { sumsOf } from './sums-of.js';
import { thresholdRules } from './threshold-rules.js';

export interface ConstraintSettings {
  readonly owner: string;
  readonly defaultName: string;
  /** The rate to make large. */
  readonly best: RateName;
  /** The rate that must be at least `floor`. */
  readonly constrained: RateName;
  readonly floor: number;
}

/** The largest value of one rate at any threshold where another is at least `floor`; 0 where there is no such threshold. */
export function bestUnderConstraint(
  settings: ConstraintSettings,
  options: ConstraintOptions,
): StatefulMetric {
  const { owner, defaultName, best, constrained, floor } = settings;
  const { numThresholds: number, classId: id } = thresholdRules;
  checkOptions<ConstraintOptions>(owner, options, {
    name: optionRules.text,
    numThresholds: number,
    classId: id,
  });
  const { numThresholds = 200, classId } = options;
  const thresholds = Array.from({ length: numThresholds }, (_, index) => index / (numThresholds - 1));
  const counting = { owner, thresholds, ...(classId === undefined ? {} : { classId }) };
  return {
    name: options.name ?? defaultName,
    direction: 'max',
    initial: () => Array.from({ length: 4 }, () => tf.zeros([numThresholds])),
    update: (state, yTrue, yPred, weights) =>
      tf.tidy(() => {
        const counts = confusionCounts(counting, yTrue, yPred, weights);
        return sumsOf(state, [
          counts.truePositives,
          counts.falsePositives,
          counts.trueNegatives,
          counts.falseNegatives,
        ]);
      }),
    result: (state) =>
      tf.tidy(() => {
        const rates = ratesOf(state as [Tensor, Tensor, Tensor, Tensor]);
        const isFeasible = tf.greaterEqual(rates[constrained](), floor);
        return tf.max(tf.where(isFeasible, rates[best](), tf.zeros([numThresholds])));
      }),
  };
}
