import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { StatefulMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import { toFloat, EPSILON, encodeOneHot, alignPair, addEach, alignWeights } from '../losses/tensors.js';
import {
  type ClassThresholdOptions,
  type ThresholdOptions,
  thresholdRules,
  withOptions,
} from './metric-options.js';

/**
 * Keras gives it to predictions that are not among the k largest. No threshold is below it, and top-k metrics
 * use it as their threshold.
 */
const NEG_INF = -1e10;

/** Counts at each threshold: [thresholds], or [thresholds, labels] if labels are counted apart. */
export interface ConfusionCounts {
  readonly truePositives: tf.Tensor;
  readonly falsePositives: tf.Tensor;
  readonly trueNegatives: tf.Tensor;
  readonly falseNegatives: tf.Tensor;
}

export interface ConfusionSettings {
  /** The name of the metric, for messages. */
  readonly owner: string;
  readonly thresholds: readonly number[];
  /** Only the k largest predictions of a sample can be positive. @default all can */
  readonly topK?: number;
  /** Only this class counts. @default all classes */
  readonly classId?: number;
  /** Whether to count each label apart: each column of predictions [batch, labels]. @default false */
  readonly perLabel?: boolean;
  /** The weights of the columns of predictions. @default 1 each */
  readonly labelWeights?: readonly number[];
}

/**
 * Counts true and false positives and negatives of one batch at every threshold, weighted. Predictions above
 * a threshold are positive, and so are targets other than 0. Needs memory for predictions × thresholds.
 *
 * @throws KEEPFIT_INVALID_DATA when the shapes do not match, or when there is no class `classId`.
 */
export function countConfusion(
  settings: ConfusionSettings,
  yTrue: tf.Tensor,
  yPred: tf.Tensor,
  weights?: tf.Tensor,
): ConfusionCounts {
  const { owner, thresholds, topK, classId, perLabel = false, labelWeights } = settings;
  const [targets, predictions] = alignPair(owner, yTrue, yPred);
  const labels = toFloat(tf.notEqual(targets, 0));
  const chosen = topK === undefined ? predictions : keepTopK(predictions, topK);
  const [truth, scores] = [labels, chosen].map((all) =>
    classId === undefined ? all : takeColumn(owner, all, classId),
  ) as [tf.Tensor, tf.Tensor];
  const each = combineWeights(truth, weights, labelWeights);

  // Each group is counted apart: one for all labels, or one a label. One matrix product gives both sums of a
  // group at all thresholds.
  const grouped = (values: tf.Tensor): tf.Tensor =>
    perLabel ? tf.transpose(values) : tf.reshape(values, [1, -1]);
  const positive = grouped(tf.mul(truth, each));
  const negative = grouped(tf.mul(tf.sub(1, truth), each));
  const above = markAboveThresholds(grouped(scores), thresholds);
  const counts = tf.matMul(tf.stack([positive, negative], 1), above);
  const [truePositives, falsePositives] = tf
    .unstack(counts, 1)
    .map((count) => arrangeCounts(count, perLabel)) as [tf.Tensor, tf.Tensor];
  const total = (values: tf.Tensor): tf.Tensor => (perLabel ? tf.sum(values, 1) : tf.sum(values));
  return {
    truePositives,
    falsePositives,
    trueNegatives: tf.sub(total(negative), falsePositives),
    falseNegatives: tf.sub(total(positive), truePositives),
  };
}

/** Turns [groups, thresholds] into the layout of the state. */
function arrangeCounts(counts: tf.Tensor, perLabel: boolean): tf.Tensor {
  return perLabel ? tf.transpose(counts) : tf.reshape(counts, [-1]);
}

function takeColumn(owner: string, values: tf.Tensor, classId: number): tf.Tensor {
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
  values: tf.Tensor,
  weights: tf.Tensor | undefined,
  labelWeights: readonly number[] | undefined,
): tf.Tensor {
  const ofSamples =
    weights === undefined ? tf.onesLike(values) : tf.mul(tf.onesLike(values), alignWeights(values, weights));
  return labelWeights === undefined ? ofSamples : tf.mul(ofSamples, tf.tensor1d([...labelWeights]));
}

/**
 * 1 for scores above a threshold, else 0: [groups, scores] becomes [groups, scores, thresholds].
 *
 * Like Keras, compares thresholds that are evenly spaced from 0 to 1 by bucket, so that a score equal to a
 * threshold falls on the same side.
 */
function markAboveThresholds(scores: tf.Tensor, thresholds: readonly number[]): tf.Tensor {
  if (!areEven(thresholds))
    return toFloat(tf.greater(tf.expandDims(scores, -1), tf.tensor1d([...thresholds])));
  const last = thresholds.length - 1;
  const buckets = tf.sub(tf.ceil(tf.mul(tf.clipByValue(scores, 0, 1), last)), 1);
  // A score of 0 is above a first threshold below 0 too.
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

/** Puts all predictions but the k largest of the last axis below every threshold. */
function keepTopK(yPred: tf.Tensor, k: number): tf.Tensor {
  const { indices } = tf.topk(yPred, k);
  const kept = tf.sum(encodeOneHot(tf.cast(indices, 'int32'), yPred.shape.at(-1) ?? 0), -2);
  return tf.add(tf.mul(yPred, kept), tf.mul(tf.sub(1, kept), NEG_INF));
}

/** Creates a metric that is one of the four counts at one threshold or several. */
export function createConfusionCount(
  owner: keyof ConfusionCounts,
  defaultName: string,
  options: ThresholdOptions,
): StatefulMetric {
  checkOptions(owner, options, { name: optionRules.text, thresholds: thresholdRules.thresholds });
  const thresholds = listThresholds(options.thresholds);
  return withOptions(
    owner,
    { ...options, thresholds },
    {
      name: options.name ?? defaultName,
      initial: () => [tf.zeros([thresholds.length])],
      merge: addEach,
      update: (state, yTrue, yPred, weights) =>
        tf.tidy(() => addEach(state, [countConfusion({ owner, thresholds }, yTrue, yPred, weights)[owner]])),
      result: (state) => tf.tidy(() => unwrapSingle(state[0] as tf.Tensor)),
    },
  );
}

/**
 * Creates precision or recall: true positives / (true positives + one kind of error), or 0 if there are
 * neither.
 */
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
  return withOptions(
    owner,
    { ...options, thresholds },
    {
      name: options.name ?? owner,
      direction: 'max',
      initial: () => [tf.zeros([thresholds.length]), tf.zeros([thresholds.length])],
      merge: addEach,
      update: (state, yTrue, yPred, weights) =>
        tf.tidy(() => {
          const counts = countConfusion(settings, yTrue, yPred, weights);
          return addEach(state, [counts.truePositives, counts[error]]);
        }),
      result: (state) =>
        tf.tidy(() => {
          const [hits, errors] = state as [tf.Tensor, tf.Tensor];
          return unwrapSingle(tf.divNoNan(hits, tf.add(hits, errors)));
        }),
    },
  );
}

/**
 * Returns thresholds as a list: those given, else 0.5, or below every prediction if only the k largest count.
 */
function listThresholds(
  thresholds: number | readonly number[] | undefined,
  topK?: number,
): readonly number[] {
  return thresholds === undefined ? [topK === undefined ? 0.5 : NEG_INF] : [thresholds].flat();
}

/** Returns the value of a single threshold as a scalar, and several values as they are. */
function unwrapSingle(values: tf.Tensor): tf.Tensor {
  return values.size === 1 ? tf.reshape(values, []) : tf.clone(values);
}
