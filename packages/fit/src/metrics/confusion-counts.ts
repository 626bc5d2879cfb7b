import { KeepfitError } from '@keepfit/callbacks';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { asFloat } from '../losses/as-float.js';
import { pairOf } from '../losses/pair-of.js';
import { weightsFor } from '../losses/weights-for.js';
import { aboveThresholds } from './above-thresholds.js';
import { keepTopK } from './keep-top-k.js';

/** Counts at each threshold: [thresholds], or [thresholds, labels] where labels are counted apart. */
export interface ConfusionCounts {
  readonly truePositives: Tensor;
  readonly falsePositives: Tensor;
  readonly trueNegatives: Tensor;
  readonly falseNegatives: Tensor;
}

export interface ConfusionSettings {
  /** The metric, for messages. */
  readonly owner: string;
  readonly thresholds: readonly number[];
  /** Where given, only the k largest predictions of a sample can be positive. */
  readonly topK?: number;
  /** Where given, only this class counts. */
  readonly classId?: number;
  /** Whether each label, a column of predictions [batch, labels], is counted apart. */
  readonly perLabel?: boolean;
  /** What the columns of predictions count. */
  readonly labelWeights?: readonly number[];
}

/**
 * True and false positives and negatives of one batch at every threshold, weighted. A prediction above a threshold is positive; a
 * target other than 0 is. Needs memory for predictions × thresholds.
 */
export function confusionCounts(
  settings: ConfusionSettings,
  yTrue: Tensor,
  yPred: Tensor,
  weights?: Tensor,
): ConfusionCounts {
  const { owner, thresholds, topK, classId, perLabel = false, labelWeights } = settings;
  const [targets, predictions] = pairOf(owner, yTrue, yPred);
  const labels = asFloat(tf.notEqual(targets, 0));
  const chosen = topK === undefined ? predictions : keepTopK(predictions, topK);
  const [truth, scores] = [labels, chosen].map((all) =>
    classId === undefined ? all : column(owner, all, classId),
  ) as [Tensor, Tensor];
  const each = weightsOf(truth, weights, labelWeights);

  // Groups are counted apart: one for all, or one a label. Per group, both sums at all thresholds are one matrix product.
  const grouped = (values: Tensor): Tensor => (perLabel ? tf.transpose(values) : tf.reshape(values, [1, -1]));
  const positive = grouped(tf.mul(truth, each));
  const negative = grouped(tf.mul(tf.sub(1, truth), each));
  const above = aboveThresholds(grouped(scores), thresholds);
  const counts = tf.matMul(tf.stack([positive, negative], 1), above);
  const [truePositives, falsePositives] = tf.unstack(counts, 1).map((count) => arranged(count, perLabel)) as [
    Tensor,
    Tensor,
  ];
  const total = (values: Tensor): Tensor => (perLabel ? tf.sum(values, 1) : tf.sum(values));
  return {
    truePositives,
    falsePositives,
    trueNegatives: tf.sub(total(negative), falsePositives),
    falseNegatives: tf.sub(total(positive), truePositives),
  };
}

/** [groups, thresholds] as the state keeps it. */
function arranged(counts: Tensor, perLabel: boolean): Tensor {
  return perLabel ? tf.transpose(counts) : tf.reshape(counts, [-1]);
}

function column(owner: string, values: Tensor, classId: number): Tensor {
  const classes = values.shape.at(-1) ?? 0;
  if (classId >= classes) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `classId ${classId} of ${owner} is outside predictions of shape [${values.shape}]`,
    );
  }
  const last = values.rank - 1;
  const begin = values.shape.map((_, axis) => (axis === last ? classId : 0));
  return tf.slice(values, begin, [...values.shape.slice(0, last), 1]);
}

function weightsOf(
  values: Tensor,
  weights: Tensor | undefined,
  labelWeights: readonly number[] | undefined,
): Tensor {
  const ofSamples =
    weights === undefined ? tf.onesLike(values) : tf.mul(tf.onesLike(values), weightsFor(values, weights));
  return labelWeights === undefined ? ofSamples : tf.mul(ofSamples, tf.tensor1d([...labelWeights]));
}
