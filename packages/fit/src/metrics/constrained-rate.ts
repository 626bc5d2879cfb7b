import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions, formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { StatefulMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import { addEach } from '../losses/tensors.js';
import { countConfusion } from './confusion.js';
import { type MetricOptions, thresholdRules, withOptions } from './metric-options.js';

export interface ConstraintOptions extends MetricOptions {
  /** How many thresholds are tried, evenly from 0 to 1; memory and time grow in proportion. @default 200 */
  readonly numThresholds?: number;
  /** Only the predictions of this class, counted from 0, count. @default all classes */
  readonly classId?: number;
}

export interface ConstraintSettings {
  readonly owner: string;
  readonly defaultName: string;
  /** The rate to maximize. */
  readonly best: RateName;
  /** The rate that must be at least `floor`. */
  readonly constrained: RateName;
  readonly floor: number;
}

/**
 * Creates the metric that is the largest value of one rate at any threshold at which another rate is at least
 * `floor`, or 0 without such a threshold.
 */
export function createConstrainedRate(
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
  return withOptions(
    owner,
    { ...options, [constrained]: floor, numThresholds },
    {
      name: options.name ?? defaultName,
      direction: 'max',
      initial: () => Array.from({ length: 4 }, () => tf.zeros([numThresholds])),
      merge: addEach,
      update: (state, yTrue, yPred, weights) =>
        tf.tidy(() => {
          const counts = countConfusion(counting, yTrue, yPred, weights);
          return addEach(state, [
            counts.truePositives,
            counts.falsePositives,
            counts.trueNegatives,
            counts.falseNegatives,
          ]);
        }),
      result: (state) =>
        tf.tidy(() => {
          const rates = getRates(state as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]);
          const isFeasible = tf.greaterEqual(rates[constrained](), floor);
          return tf.max(tf.where(isFeasible, rates[best](), tf.zeros([numThresholds])));
        }),
    },
  );
}

type RateName = 'precision' | 'recall' | 'sensitivity' | 'specificity';

/**
 * The rates that follow from true positives, false positives, true negatives and false negatives; 0 if
 * undefined.
 */
function getRates([tp, fp, tn, fn]: readonly [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]): Readonly<
  Record<RateName, () => tf.Tensor>
> {
  const rate = (hits: tf.Tensor, misses: tf.Tensor) => (): tf.Tensor =>
    tf.divNoNan(hits, tf.add(hits, misses));
  return {
    precision: rate(tp, fp),
    recall: rate(tp, fn),
    sensitivity: rate(tp, fn),
    specificity: rate(tn, fp),
  };
}

/**
 * Returns the value of a required option.
 *
 * @throws KEEPFIT_INVALID_OPTION when it is not a number from 0 to 1.
 */
export function requireFraction(owner: string, option: string, value: unknown): number {
  if (typeof value === 'number' && optionRules.fraction[0](value)) return value;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${option} of ${owner} must be a number from 0 to 1, not ${formatValue(value)}`,
  );
}
