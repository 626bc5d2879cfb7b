import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { StatefulMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import { toFloat, EPSILON, alignPair, addEach } from '../losses/tensors.js';
import { countColumns, alignColumnWeights } from './columns.js';
import { type MetricOptions, withOptions } from './metric-options.js';

export interface FBetaScoreOptions extends MetricOptions {
  /**
   * How the scores of the classes become one: 'macro' is their mean, 'weighted' their mean by frequency,
   * 'micro' one score of all decisions together, and null leaves one score per class, which logs hold as
   * `f1_score_0`, `f1_score_1` and so on.
   *
   * @default null
   */
  readonly average?: 'micro' | 'macro' | 'weighted' | null;
  /** How much more recall counts than precision. @default 1 */
  readonly beta?: number;
  /**
   * A prediction above it counts as the class; above 0, at most 1. With null, the largest prediction is the
   * class. @default null
   */
  readonly threshold?: number | null;
}

const averages: readonly unknown[] = ['micro', 'macro', 'weighted', null];
const isThreshold = (value: unknown): boolean =>
  value === null || (optionRules.fraction[0](value) && value !== 0);

/**
 * Keras' FBetaScore: the harmonic mean of precision and recall, with recall counting beta times as much.
 * Targets are one-hot or multi-label, [batch, classes].
 *
 * The result is a scalar, or [classes] without an average.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
export function fBetaScore(options: FBetaScoreOptions = {}): StatefulMetric {
  checkOptions('fBetaScore', options, {
    name: optionRules.text,
    average: [(value) => averages.includes(value), '"micro", "macro", "weighted" or null'],
    beta: optionRules.positive,
    threshold: [isThreshold, 'a number above 0 and at most 1, or null'],
  });
  const { name = 'fbeta_score', average = null, beta = 1, threshold = null } = options;
  const shapeOf = (yPred: tf.Tensor): number[] =>
    average === 'micro' ? [] : [countColumns('fBetaScore', yPred)];
  return withOptions(
    'fBetaScore',
    { ...options, average, beta, threshold },
    {
      name,
      direction: 'max',
      initial: (yPred) => Array.from({ length: 4 }, () => tf.zeros(shapeOf(yPred))),
      merge: addEach,
      update: (state, yTrue, yPred, weights) =>
        tf.tidy(() => {
          countColumns('fBetaScore', yPred);
          const [labels, predictions] = alignPair('fBetaScore', yTrue, yPred);
          const axis = average === 'micro' ? undefined : 0;
          return addEach(
            state,
            countHits(labels, decide(predictions, threshold), alignColumnWeights(labels, weights), axis),
          );
        }),
      result: (state) =>
        tf.tidy(() => averageScores(computeScores(state, beta), state[3] as tf.Tensor, average)),
    },
  );
}

/** 1 for each class that is predicted. Without a threshold, a row of zeros predicts none. */
function decide(yPred: tf.Tensor, threshold: number | null): tf.Tensor {
  if (threshold !== null) return toFloat(tf.greater(yPred, threshold));
  return toFloat(
    tf.logicalAnd(tf.greaterEqual(yPred, tf.max(yPred, -1, true)), tf.greater(tf.abs(yPred), 1e-9)),
  );
}

/** True positives, false positives, false negatives, and how often each class is a target. */
function countHits(
  labels: tf.Tensor,
  decided: tf.Tensor,
  weights: tf.Tensor,
  axis: number | undefined,
): tf.Tensor[] {
  const found = tf.mul(decided, labels);
  return [found, tf.sub(decided, found), tf.sub(labels, found), labels].map((each) =>
    tf.sum(tf.mul(each, weights), axis),
  );
}

function computeScores(state: readonly tf.Tensor[], beta: number): tf.Tensor {
  const [truePositives, falsePositives, falseNegatives] = state as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const precision = tf.div(truePositives, tf.add(tf.add(truePositives, falsePositives), EPSILON));
  const recall = tf.div(truePositives, tf.add(tf.add(truePositives, falseNegatives), EPSILON));
  const mean = tf.div(
    tf.mul(precision, recall),
    tf.add(tf.add(tf.mul(precision, beta * beta), recall), EPSILON),
  );
  return tf.mul(mean, 1 + beta * beta);
}

function averageScores(
  scores: tf.Tensor,
  targets: tf.Tensor,
  average: FBetaScoreOptions['average'],
): tf.Tensor {
  if (average === null) return scores;
  return average === 'weighted'
    ? tf.sum(tf.mul(scores, tf.div(targets, tf.add(tf.sum(targets), EPSILON))))
    : tf.mean(scores);
}
