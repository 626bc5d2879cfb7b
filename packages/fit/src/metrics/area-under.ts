import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** True positives, false positives, true negatives, false negatives: each [thresholds] or [thresholds, labels]. */
export type CountState = readonly [
  truePositives: Tensor,
  falsePositives: Tensor,
  trueNegatives: Tensor,
  falseNegatives: Tensor,
];

export interface AreaSettings {
  readonly curve: 'ROC' | 'PR' | 'PRGAIN';
  readonly summationMethod: 'interpolation' | 'majoring' | 'minoring';
  /** Whether there is one area a label, to be averaged. */
  readonly multiLabel: boolean;
  readonly labelWeights?: readonly number[];
}

/** The area under a curve from the counts at ascending thresholds. */
export function areaUnder(settings: AreaSettings, counts: CountState): Tensor {
  const { curve, summationMethod, multiLabel, labelWeights } = settings;
  const parts =
    curve === 'PR' && summationMethod === 'interpolation'
      ? interpolatedPrecision(counts)
      : rectangles(settings, counts);
  if (!multiLabel) return tf.sum(parts);
  const areas = tf.sum(parts, 0);
  if (labelWeights === undefined) return tf.mean(areas);
  const weights = tf.tensor1d([...labelWeights]);
  return tf.divNoNan(tf.sum(tf.mul(areas, weights)), tf.sum(weights));
}

const head = (values: Tensor): Tensor => tf.slice(values, 0, (values.shape[0] ?? 0) - 1);
const tail = (values: Tensor): Tensor => tf.slice(values, 1, (values.shape[0] ?? 0) - 1);

function rectangles({ curve, summationMethod }: AreaSettings, counts: CountState): Tensor {
  const [x, y] = { ROC: ratesOf, PR: precisionOf, PRGAIN: gainsOf }[curve](counts);
  const [left, right] = [head(y), tail(y)];
  const heights = {
    interpolation: () => tf.div(tf.add(left, right), 2),
    minoring: () => tf.minimum(left, right),
    majoring: () => tf.maximum(left, right),
  }[summationMethod]();
  return tf.mul(tf.sub(head(x), tail(x)), heights);
}

function ratesOf([tp, fp, tn, fn]: CountState): [x: Tensor, y: Tensor] {
  return [tf.divNoNan(fp, tf.add(fp, tn)), tf.divNoNan(tp, tf.add(tp, fn))];
}

function precisionOf([tp, fp, , fn]: CountState): [x: Tensor, y: Tensor] {
  return [tf.divNoNan(tp, tf.add(tp, fn)), tf.divNoNan(tp, tf.add(tp, fp))];
}

/** Without true positives the gain of recall is 0 and that of precision 1; recall below the share of positives gains 0. */
function gainsOf([tp, fp, tn, fn]: CountState): [x: Tensor, y: Tensor] {
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
function interpolatedPrecision([tp, fp, , fn]: CountState): Tensor {
  const predicted = tf.add(tp, fp);
  const [p0, p1] = [head(predicted), tail(predicted)];
  const gained = tf.sub(head(tp), tail(tp));
  const slope = tf.divNoNan(gained, tf.relu(tf.sub(p0, p1)));
  const intercept = tf.sub(tail(tp), tf.mul(slope, p1));
  const isSafe = tf.logicalAnd(tf.greater(p0, 0), tf.greater(p1, 0));
  const ratio = tf.where(isSafe, tf.divNoNan(p0, tf.relu(p1)), tf.onesLike(p1));
  return tf.divNoNan(
    tf.mul(slope, tf.add(gained, tf.mul(intercept, tf.log(ratio)))),
    tf.relu(tail(tf.add(tp, fn))),
  );
}
