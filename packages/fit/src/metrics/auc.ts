import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions } from '@keepfit/callbacks/internal';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { EPSILON } from '../losses/epsilon.js';
import { optionRules } from '../losses/option-rules.js';
import type { StatefulMetric } from '../contract/metric.js';
import { areaUnder, type AreaSettings, type CountState } from './area-under.js';
import { columnsOf } from './columns-of.js';
import { confusionCounts } from './confusion-counts.js';
import type { MetricOptions } from './metric-options.js';
import { sumsOf } from './sums-of.js';
import { thresholdRules } from './threshold-rules.js';

export interface AucOptions extends MetricOptions {
  /** How many thresholds the curve is made of; more cost memory and time in proportion.  @default 200 */
  readonly numThresholds?: number;
  /** The receiver operating characteristic, precision over recall, or their gains.  @default "ROC" */
  readonly curve?: AreaSettings['curve'];
  /** The height between two points of the curve: between theirs, the larger or the smaller.  @default "interpolation" */
  readonly summationMethod?: AreaSettings['summationMethod'];
  /** Thresholds between 0 and 1; 0 and 1 are added. Win over `numThresholds`.  @default evenly spaced ones */
  readonly thresholds?: readonly number[];
  /** Whether the area is taken for each column of predictions [batch, labels] apart, and then averaged.  @default false */
  readonly multiLabel?: boolean;
  /** What each column of predictions [batch, labels] counts.  @default 1 each */
  readonly labelWeights?: readonly number[];
  /** Whether predictions are logits, without a sigmoid.  @default false */
  readonly fromLogits?: boolean;
}

const curves: readonly unknown[] = ['ROC', 'PR', 'PRGAIN'];
const methods: readonly unknown[] = ['interpolation', 'majoring', 'minoring'];
const areNumbers = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((each) => Number.isFinite(each));

/** Keras' AUC: the area under a curve of predictions against labels 0 and 1, 1 at best, approximated at a number of thresholds. */
export function auc(options: AucOptions = {}): StatefulMetric {
  checkOptions('auc', options, {
    name: optionRules.text,
    numThresholds: thresholdRules.numThresholds,
    curve: [(value) => curves.includes(value), '"ROC", "PR" or "PRGAIN"'],
    summationMethod: [(value) => methods.includes(value), '"interpolation", "majoring" or "minoring"'],
    thresholds: [
      (value) => Array.isArray(value) && thresholdRules.thresholds[0](value),
      'a list of numbers from 0 to 1',
    ],
    multiLabel: optionRules.flag,
    labelWeights: [areNumbers, 'a list of numbers'],
    fromLogits: optionRules.flag,
  });
  const {
    name = 'auc',
    curve = 'ROC',
    summationMethod = 'interpolation',
    multiLabel = false,
    fromLogits = false,
  } = options;
  const { labelWeights } = options;
  const thresholds = withEnds(options.thresholds ?? between(options.numThresholds ?? 200));
  // With labels apart, their weights come in where the areas are averaged.
  const averaging = labelWeights === undefined ? {} : { labelWeights };
  const counting = { owner: 'auc', thresholds, perLabel: multiLabel, ...(multiLabel ? {} : averaging) };
  const shapeOf = (yPred: Tensor): number[] =>
    multiLabel ? [thresholds.length, columnsOf('auc', yPred)] : [thresholds.length];
  return {
    name,
    direction: 'max',
    initial: (yPred) => {
      checkLabels(yPred, labelWeights);
      return Array.from({ length: 4 }, () => tf.zeros(shapeOf(yPred)));
    },
    update: (state, yTrue, yPred, weights) =>
      tf.tidy(() => {
        const counts = confusionCounts(counting, yTrue, fromLogits ? tf.sigmoid(yPred) : yPred, weights);
        return sumsOf(state, [
          counts.truePositives,
          counts.falsePositives,
          counts.trueNegatives,
          counts.falseNegatives,
        ]);
      }),
    result: (state) =>
      tf.tidy(() => areaUnder({ curve, summationMethod, multiLabel, ...averaging }, state as CountState)),
  };
}

function between(numThresholds: number): number[] {
  return Array.from({ length: numThresholds - 2 }, (_, index) => (index + 1) / (numThresholds - 1));
}

/** The ends lie just outside 0 … 1, so that the first threshold is below and the last above every prediction. */
function withEnds(thresholds: readonly number[]): number[] {
  return [-EPSILON, ...[...thresholds].sort((a, b) => a - b), 1 + EPSILON];
}

function checkLabels(yPred: Tensor, labelWeights: readonly number[] | undefined): void {
  if (labelWeights === undefined || labelWeights.length === (yPred.shape.at(-1) ?? 0)) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `labelWeights of auc holds ${labelWeights.length} weights, but predictions have shape [${yPred.shape}]; give one a column`,
  );
}
