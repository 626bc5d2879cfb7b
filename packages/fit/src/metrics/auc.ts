import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { StatefulMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import { EPSILON, addEach } from '../losses/tensors.js';
import { countColumns } from './columns.js';
import { countConfusion } from './confusion.js';
import { type MetricOptions, thresholdRules, withOptions } from './metric-options.js';

export interface AucOptions extends MetricOptions {
  /** How many thresholds the curve has; memory and time grow in proportion. @default 200 */
  readonly numThresholds?: number;
  /**
   * 'ROC' is the receiver operating characteristic, 'PR' precision over recall, 'PRGAIN' their gains.
   * @default 'ROC'
   */
  readonly curve?: AreaSettings['curve'];
  /**
   * How to interpolate between curve points: their mean, maximum ('majoring') or minimum ('minoring').
   * @default 'interpolation'
   */
  readonly summationMethod?: AreaSettings['summationMethod'];
  /**
   * Thresholds between 0 and 1; 0 and 1 are added. They override `numThresholds`. @default evenly spaced ones
   */
  readonly thresholds?: readonly number[];
  /**
   * Whether to compute one area for each column of predictions [batch, labels] and average them. @default
   * false
   */
  readonly multiLabel?: boolean;
  /** The weight of each column of predictions [batch, labels]. @default 1 each */
  readonly labelWeights?: readonly number[];
  /** Whether predictions are logits, without a sigmoid. @default false */
  readonly fromLogits?: boolean;
}

const curves: readonly unknown[] = ['ROC', 'PR', 'PRGAIN'];
const methods: readonly unknown[] = ['interpolation', 'majoring', 'minoring'];
const areNumbers = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((each) => Number.isFinite(each));

/**
 * Keras' AUC: the area under a curve of predictions against labels 0 and 1, approximated at a number of
 * thresholds. 1 is best.
 *
 * yTrue and yPred have the same shape, [batch, labels] with `multiLabel`. Predictions are from 0 to 1 unless
 * `fromLogits` is set.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 * @throws KEEPFIT_INVALID_DATA when `labelWeights` has another length than there are columns of predictions.
 */
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
  const { numThresholds = 200 } = options;
  const thresholds = addEnds(options.thresholds ?? spaceEvenly(numThresholds));
  // Given thresholds count in any order, and their number is then without effect.
  const curveAt =
    options.thresholds === undefined ? { numThresholds } : { numThresholds: undefined, thresholds };
  const described = { ...options, curve, summationMethod, multiLabel, fromLogits, ...curveAt };
  // With one area a label, the weights of labels apply when the areas are averaged.
  const averaging = labelWeights === undefined ? {} : { labelWeights };
  const counting = { owner: 'auc', thresholds, perLabel: multiLabel, ...(multiLabel ? {} : averaging) };
  const shapeOf = (yPred: tf.Tensor): number[] =>
    multiLabel ? [thresholds.length, countColumns('auc', yPred)] : [thresholds.length];
  return withOptions('auc', described, {
    name,
    direction: 'max',
    initial: (yPred) => {
      checkLabels(yPred, labelWeights);
      return Array.from({ length: 4 }, () => tf.zeros(shapeOf(yPred)));
    },
    merge: addEach,
    update: (state, yTrue, yPred, weights) =>
      tf.tidy(() => {
        const counts = countConfusion(counting, yTrue, fromLogits ? tf.sigmoid(yPred) : yPred, weights);
        return addEach(state, [
          counts.truePositives,
          counts.falsePositives,
          counts.trueNegatives,
          counts.falseNegatives,
        ]);
      }),
    result: (state) =>
      tf.tidy(() => computeArea({ curve, summationMethod, multiLabel, ...averaging }, state as CountState)),
  });
}

function spaceEvenly(numThresholds: number): number[] {
  return Array.from({ length: numThresholds - 2 }, (_, index) => (index + 1) / (numThresholds - 1));
}

/** Adds ends just outside 0 … 1, so that the first threshold is below every prediction and the last above. */
function addEnds(thresholds: readonly number[]): number[] {
  return [-EPSILON, ...[...thresholds].sort((a, b) => a - b), 1 + EPSILON];
}

function checkLabels(yPred: tf.Tensor, labelWeights: readonly number[] | undefined): void {
  if (labelWeights === undefined || labelWeights.length === (yPred.shape.at(-1) ?? 0)) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `labelWeights of auc holds ${labelWeights.length} weights, but predictions have shape [${yPred.shape}]; give one per column`,
  );
}

/**
 * True positives, false positives, true negatives, false negatives: each [thresholds] or [thresholds,
 * labels].
 */
type CountState = readonly [
  truePositives: tf.Tensor,
  falsePositives: tf.Tensor,
  trueNegatives: tf.Tensor,
  falseNegatives: tf.Tensor,
];

interface AreaSettings {
  readonly curve: 'ROC' | 'PR' | 'PRGAIN';
  readonly summationMethod: 'interpolation' | 'majoring' | 'minoring';
  /** Whether to compute one area a label and average them. */
  readonly multiLabel: boolean;
  readonly labelWeights?: readonly number[];
}

/** Computes the area under a curve from the counts at ascending thresholds. */
function computeArea(settings: AreaSettings, counts: CountState): tf.Tensor {
  const { curve, summationMethod, multiLabel, labelWeights } = settings;
  const parts =
    curve === 'PR' && summationMethod === 'interpolation'
      ? interpolatePrecision(counts)
      : computeRectangles(settings, counts);
  if (!multiLabel) return tf.sum(parts);
  const areas = tf.sum(parts, 0);
  if (labelWeights === undefined) return tf.mean(areas);
  const weights = tf.tensor1d([...labelWeights]);
  return tf.divNoNan(tf.sum(tf.mul(areas, weights)), tf.sum(weights));
}

const takeHead = (values: tf.Tensor): tf.Tensor => tf.slice(values, 0, (values.shape[0] ?? 0) - 1);
const takeTail = (values: tf.Tensor): tf.Tensor => tf.slice(values, 1, (values.shape[0] ?? 0) - 1);

function computeRectangles({ curve, summationMethod }: AreaSettings, counts: CountState): tf.Tensor {
  const [x, y] = { ROC: computeRates, PR: computePrecision, PRGAIN: computeGains }[curve](counts);
  const [left, right] = [takeHead(y), takeTail(y)];
  const heights = {
    interpolation: () => tf.div(tf.add(left, right), 2),
    minoring: () => tf.minimum(left, right),
    majoring: () => tf.maximum(left, right),
  }[summationMethod]();
  return tf.mul(tf.sub(takeHead(x), takeTail(x)), heights);
}

function computeRates([tp, fp, tn, fn]: CountState): [x: tf.Tensor, y: tf.Tensor] {
  return [tf.divNoNan(fp, tf.add(fp, tn)), tf.divNoNan(tp, tf.add(tp, fn))];
}

function computePrecision([tp, fp, , fn]: CountState): [x: tf.Tensor, y: tf.Tensor] {
  return [tf.divNoNan(tp, tf.add(tp, fn)), tf.divNoNan(tp, tf.add(tp, fp))];
}

/**
 * Without true positives the gain of recall is 0 and the gain of precision 1. A recall below the share of
 * positives gains 0.
 */
function computeGains([tp, fp, tn, fn]: CountState): [x: tf.Tensor, y: tf.Tensor] {
  const odds = tf.divNoNan(tf.add(tp, fn), tf.add(tn, fp));
  const isNone = tf.equal(tp, 0);
  const recallGain = tf.sub(1, tf.mul(odds, tf.divNoNan(fn, tp)));
  const precisionGain = tf.sub(1, tf.mul(odds, tf.divNoNan(fp, tp)));
  return [
    tf.relu(tf.where(isNone, tf.zerosLike(tp), recallGain)),
    tf.where(isNone, tf.onesLike(tp), precisionGain),
  ];
}

/**
 * Precision is not linear between two points, so this interpolates true positives instead (Davis and
 * Goadrich, 2006).
 */
function interpolatePrecision([tp, fp, , fn]: CountState): tf.Tensor {
  const predicted = tf.add(tp, fp);
  const [p0, p1] = [takeHead(predicted), takeTail(predicted)];
  const gained = tf.sub(takeHead(tp), takeTail(tp));
  const slope = tf.divNoNan(gained, tf.relu(tf.sub(p0, p1)));
  const intercept = tf.sub(takeTail(tp), tf.mul(slope, p1));
  const isSafe = tf.logicalAnd(tf.greater(p0, 0), tf.greater(p1, 0));
  const ratio = tf.where(isSafe, tf.divNoNan(p0, tf.relu(p1)), tf.onesLike(p1));
  return tf.divNoNan(
    tf.mul(slope, tf.add(gained, tf.mul(intercept, tf.log(ratio)))),
    tf.relu(takeTail(tf.add(tp, fn))),
  );
}
