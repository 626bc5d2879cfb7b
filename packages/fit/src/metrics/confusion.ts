import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { StatefulMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import { toFloat, EPSILON, encodeOneHot, alignPair, addEach, alignWeights } from '../losses/tensors.js';
import { type ClassThresholdOptions, type ThresholdOptions, thresholdRules } from './metric-options.js';

/** What Keras gives predictions that are not among the k largest: no threshold is below it, and it is itself the threshold of top-k metrics. */
const NEG_INF = -1e10;

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
export function countConfusion(
  settings: ConfusionSettings,
  yTrue: Tensor,
  yPred: Tensor,
  weights?: Tensor,
): ConfusionCounts {
  const { owner, thresholds, topK, classId, perLabel = false, labelWeights } = settings;
  const [targets, predictions] = alignPair(owner, yTrue, yPred);
  const labels = toFloat(tf.notEqual(targets, 0));
  const chosen = topK === undefined ? predictions : keepTopK(predictions, topK);
  const [truth, scores] = [labels, chosen].map((all) =>
    classId === undefined ? all : takeColumn(owner, all, classId),
  ) as [Tensor, Tensor];
  const each = combineWeights(truth, weights, labelWeights);

  // Groups are counted apart: one for all, or one a label. Per group, both sums at all thresholds are one matrix product.
  const grouped = (values: Tensor): Tensor => (perLabel ? tf.transpose(values) : tf.reshape(values, [1, -1]));
  const positive = grouped(tf.mul(truth, each));
  const negative = grouped(tf.mul(tf.sub(1, truth), each));
  const above = markAboveThresholds(grouped(scores), thresholds);
  const counts = tf.matMul(tf.stack([positive, negative], 1), above);
  const [truePositives, falsePositives] = tf
    .unstack(counts, 1)
    .map((count) => arrangeCounts(count, perLabel)) as [Tensor, Tensor];
  const total = (values: Tensor): Tensor => (perLabel ? tf.sum(values, 1) : tf.sum(values));
  return {
    truePositives,
    falsePositives,
    trueNegatives: tf.sub(total(negative), falsePositives),
    falseNegatives: tf.sub(total(positive), truePositives),
  };
}

/** [groups, thresholds] as the state keeps it. */
function arrangeCounts(counts: Tensor, perLabel: boolean): Tensor {
  return perLabel ? tf.transpose(counts) : tf.reshape(counts, [-1]);
}

function takeColumn(owner: string, values: Tensor, classId: number): Tensor {
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

function combineWeights(
  values: Tensor,
  weights: Tensor | undefined,
  labelWeights: readonly number[] | undefined,
): Tensor {
  const ofSamples =
    weights === undefined ? tf.onesLike(values) : tf.mul(tf.onesLike(values), alignWeights(values, weights));
  return labelWeights === undefined ? ofSamples : tf.mul(ofSamples, tf.tensor1d([...labelWeights]));
}

/**
 * 1 where a score is above a threshold, else 0: [groups, scores] becomes [groups, scores, thresholds].
 *
 * Thresholds evenly spaced from 0 to 1 are compared by bucket, as Keras does, so that scores on a threshold fall on the same side.
 */
function markAboveThresholds(scores: Tensor, thresholds: readonly number[]): Tensor {
  if (!areEven(thresholds))
    return toFloat(tf.greater(tf.expandDims(scores, -1), tf.tensor1d([...thresholds])));
  const last = thresholds.length - 1;
  const buckets = tf.sub(tf.ceil(tf.mul(tf.clipByValue(scores, 0, 1), last)), 1);
  // A first threshold below 0 is passed by a score of 0 too.
  const passed = (thresholds[0] ?? 0) < 0 || (thresholds[last] ?? 0) > 1 ? tf.relu(buckets) : buckets;
  return toFloat(tf.greaterEqual(tf.expandDims(passed, -1), tf.range(0, thresholds.length)));
}

function areEven(thresholds: readonly number[]): boolean {
  const last = thresholds.length - 1;
  return (
    last >= 2 &&
    thresholds.every(
      (threshold, index) => Math.abs(threshold - index / last) <= EPSILON * 1.01 + (1e-5 * index) / last,
    )
  );
}

/** Predictions with all but the k largest of the last axis put below every threshold. */
function keepTopK(yPred: Tensor, k: number): Tensor {
  const { indices } = tf.topk(yPred, k);
  const kept = tf.sum(encodeOneHot(tf.cast(indices, 'int32'), yPred.shape.at(-1) ?? 0), -2);
  return tf.add(tf.mul(yPred, kept), tf.mul(tf.sub(1, kept), NEG_INF));
}

/** A metric that is one of the four counts at one threshold or several. */
export function createConfusionCount(
  owner: keyof ConfusionCounts,
  defaultName: string,
  options: ThresholdOptions,
): StatefulMetric {
  checkOptions(owner, options, { name: optionRules.text, thresholds: thresholdRules.thresholds });
  const thresholds = listThresholds(options.thresholds);
  return {
    name: options.name ?? defaultName,
    initial: () => [tf.zeros([thresholds.length])],
    update: (state, yTrue, yPred, weights) =>
      tf.tidy(() => addEach(state, [countConfusion({ owner, thresholds }, yTrue, yPred, weights)[owner]])),
    result: (state) => tf.tidy(() => unwrapSingle(state[0] as tf.Tensor)),
  };
}

/** True positives among them and one kind of error: precision or recall. 0 where there are neither. */
export function createHitRate(
  owner: 'precision' | 'recall',
  error: 'falsePositives' | 'falseNegatives',
  options: ClassThresholdOptions,
): StatefulMetric {
  const { thresholds: list, topK: count, classId: id } = thresholdRules;
  checkOptions(owner, options, { name: optionRules.text, thresholds: list, topK: count, classId: id });
  const thresholds = listThresholds(options.thresholds, options.topK);
  const { topK, classId } = options;
  const settings = {
    owner,
    thresholds,
    ...(topK === undefined ? {} : { topK }),
    ...(classId === undefined ? {} : { classId }),
  };
  return {
    name: options.name ?? owner,
    direction: 'max',
    initial: () => [tf.zeros([thresholds.length]), tf.zeros([thresholds.length])],
    update: (state, yTrue, yPred, weights) =>
      tf.tidy(() => {
        const counts = countConfusion(settings, yTrue, yPred, weights);
        return addEach(state, [counts.truePositives, counts[error]]);
      }),
    result: (state) =>
      tf.tidy(() => {
        const [hits, errors] = state as [Tensor, Tensor];
        return unwrapSingle(tf.divNoNan(hits, tf.add(hits, errors)));
      }),
  };
}

/** Thresholds as a list: those given, else 0.5, or below every prediction where the k largest are taken. */
function listThresholds(
  thresholds: number | readonly number[] | undefined,
  topK?: number,
): readonly number[] {
  return thresholds === undefined ? [topK === undefined ? 0.5 : NEG_INF] : [thresholds].flat();
}

/** The values of several thresholds as they are, that of a single one as a scalar. */
function unwrapSingle(values: Tensor): Tensor {
  return values.size === 1 ? tf.reshape(values, []) : tf.clone(values);
}
