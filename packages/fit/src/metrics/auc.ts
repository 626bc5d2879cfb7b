import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { StatefulMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import { EPSILON, addEach } from '../losses/tensors.js';
import { countColumns } from './columns.js';
import { countConfusion } from './confusion.js';
import { type MetricOptions, thresholdRules } from './metric-options.js';

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
  const thresholds = addEnds(options.thresholds ?? spaceEvenly(options.numThresholds ?? 200));
  // With labels apart, their weights come in where the areas are averaged.
  const averaging = labelWeights === undefined ? {} : { labelWeights };
  const counting = { owner: 'auc', thresholds, perLabel: multiLabel, ...(multiLabel ? {} : averaging) };
  const shapeOf = (yPred: Tensor): number[] =>
    multiLabel ? [thresholds.length, countColumns('auc', yPred)] : [thresholds.length];
  return {
    name,
    direction: 'max',
    initial: (yPred) => {
      checkLabels(yPred, labelWeights);
      return Array.from({ length: 4 }, () => tf.zeros(shapeOf(yPred)));
    },
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
  };
}

function spaceEvenly(numThresholds: number): number[] {
  return Array.from({ length: numThresholds - 2 }, (_, index) => (index + 1) / (numThresholds - 1));
}

/** The ends lie just outside 0 … 1, so that the first threshold is below and the last above every prediction. */
function addEnds(thresholds: readonly number[]): number[] {
  return [-EPSILON, ...[...thresholds].sort((a, b) => a - b), 1 + EPSILON];
}

function checkLabels(yPred: Tensor, labelWeights: readonly number[] | undefined): void {
  if (labelWeights === undefined || labelWeights.length === (yPred.shape.at(-1) ?? 0)) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `labelWeights of auc holds ${labelWeights.length} weights, but predictions have shape [${yPred.shape}]; give one a column`,
  );
}

/** True positives, false positives, true negatives, false negatives: each [thresholds] or [thresholds, labels]. */
type CountState = readonly [
  truePositives: Tensor,
  falsePositives: Tensor,
  trueNegatives: Tensor,
  falseNegatives: Tensor,
];

interface AreaSettings {
  readonly curve: 'ROC' | 'PR' | 'PRGAIN';
  readonly summationMethod: 'interpolation' | 'majoring' | 'minoring';
  /** Whether there is one area a label, to be averaged. */
  readonly multiLabel: boolean;
  readonly labelWeights?: readonly number[];
}

/** The area under a curve from the counts at ascending thresholds. */
function computeArea(settings: AreaSettings, counts: CountState): Tensor {
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

const takeHead = (values: Tensor): Tensor => tf.slice(values, 0, (values.shape[0] ?? 0) - 1);
const takeTail = (values: Tensor): Tensor => tf.slice(values, 1, (values.shape[0] ?? 0) - 1);

function computeRectangles({ curve, summationMethod }: AreaSettings, counts: CountState): Tensor {
  const [x, y] = { ROC: computeRates, PR: computePrecision, PRGAIN: computeGains }[curve](counts);
  const [left, right] = [takeHead(y), takeTail(y)];
  const heights = {
    interpolation: () => tf.div(tf.add(left, right), 2),
    minoring: () => tf.minimum(left, right),
    majoring: () => tf.maximum(left, right),
  }[summationMethod]();
  return tf.mul(tf.sub(takeHead(x), takeTail(x)), heights);
}

function computeRates([tp, fp, tn, fn]: CountState): [x: Tensor, y: Tensor] {
  return [tf.divNoNan(fp, tf.add(fp, tn)), tf.divNoNan(tp, tf.add(tp, fn))];
}

function computePrecision([tp, fp, , fn]: CountState): [x: Tensor, y: Tensor] {
  return [tf.divNoNan(tp, tf.add(tp, fn)), tf.divNoNan(tp, tf.add(tp, fp))];
}

/** Without true positives the gain of recall is 0 and that of precision 1; recall below the share of positives gains 0. */
function computeGains([tp, fp, tn, fn]: CountState): [x: Tensor, y: Tensor] {
  const odds = tf.divNoNan(tf.add(tp, fn), tf.add(tn, fp));
  const isNone = tf.equal(tp, 0);
  const recallGain = tf.sub(1, tf.mul(odds, tf.divNoNan(fn, tp)));
  const precisionGain = tf.sub(1, tf.mul(odds, tf.divNoNan(fp, tp)));
  return [
    tf.relu(tf.where(isNone, tf.zerosLike(tp), recallGain)),
    tf.where(isNone, tf.onesLike(tp), precisionGain),
  ];
}

/** Precision between two points is no straight line: true positives are interpolated instead (Davis and Goadrich, 2006). */
function interpolatePrecision([tp, fp, , fn]: CountState): Tensor {
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
