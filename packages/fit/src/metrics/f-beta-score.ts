import { checkOptions } from '@keepfit/callbacks/internal';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { asFloat } from '../losses/as-float.js';
import { EPSILON } from '../losses/epsilon.js';
import { optionRules } from '../losses/option-rules.js';
import { pairOf } from '../losses/pair-of.js';
import type { StatefulMetric } from '../contract/metric.js';
import { columnWeights } from './column-weights.js';
import { columnsOf } from './columns-of.js';
import type { MetricOptions } from './metric-options.js';
import { sumsOf } from './sums-of.js';

export interface FBetaScoreOptions extends MetricOptions {
  /**
   * One score a class (null), their mean, their mean by frequency, or one score of all decisions together. The logs of a fit have one number
   * a metric: with null that of class 0, so choose a mean there.
   *
   * @default null
   */
  readonly average?: 'micro' | 'macro' | 'weighted' | null;
  /** How much more recall counts than precision.  @default 1 */
  readonly beta?: number;
  /** A prediction above it counts as the class; above 0, at most 1. null: the largest prediction is the class.  @default null */
  readonly threshold?: number | null;
}

const averages: readonly unknown[] = ['micro', 'macro', 'weighted', null];
const isThreshold = (value: unknown): boolean =>
  value === null || (optionRules.fraction[0](value) && value !== 0);

/**
 * Keras' FBetaScore: the harmonic mean of precision and recall, with recall counting beta times as much. For one-hot or
 * multi-label targets [batch, classes].
 */
export function fBetaScore(options: FBetaScoreOptions = {}): StatefulMetric {
  checkOptions('fBetaScore', options, {
    name: optionRules.text,
    average: [(value) => averages.includes(value), '"micro", "macro", "weighted" or null'],
    beta: optionRules.positive,
    threshold: [isThreshold, 'a number above 0 and at most 1, or null'],
  });
  const { name = 'fbeta_score', average = null, beta = 1, threshold = null } = options;
  const shapeOf = (yPred: Tensor): number[] => (average === 'micro' ? [] : [columnsOf('fBetaScore', yPred)]);
  return {
    name,
    direction: 'max',
    initial: (yPred) => Array.from({ length: 4 }, () => tf.zeros(shapeOf(yPred))),
    update: (state, yTrue, yPred, weights) =>
      tf.tidy(() => {
        columnsOf('fBetaScore', yPred);
        const [labels, predictions] = pairOf('fBetaScore', yTrue, yPred);
        const axis = average === 'micro' ? undefined : 0;
        return sumsOf(
          state,
          countsOf(labels, decisions(predictions, threshold), columnWeights(labels, weights), axis),
        );
      }),
    result: (state) => tf.tidy(() => averaged(scoresOf(state, beta), state[3] as Tensor, average)),
  };
}

/** 1 for each class that is predicted. Without a threshold, a row of zeros predicts none. */
function decisions(yPred: Tensor, threshold: number | null): Tensor {
  if (threshold !== null) return asFloat(tf.greater(yPred, threshold));
  return asFloat(
    tf.logicalAnd(tf.greaterEqual(yPred, tf.max(yPred, -1, true)), tf.greater(tf.abs(yPred), 1e-9)),
  );
}

/** True positives, false positives, false negatives, and how often each class is a target. */
function countsOf(labels: Tensor, decided: Tensor, weights: Tensor, axis: number | undefined): Tensor[] {
  const found = tf.mul(decided, labels);
  return [found, tf.sub(decided, found), tf.sub(labels, found), labels].map((each) =>
    tf.sum(tf.mul(each, weights), axis),
  );
}

function scoresOf(state: readonly Tensor[], beta: number): Tensor {
  const [truePositives, falsePositives, falseNegatives] = state as [Tensor, Tensor, Tensor, Tensor];
  const precision = tf.div(truePositives, tf.add(tf.add(truePositives, falsePositives), EPSILON));
  const recall = tf.div(truePositives, tf.add(tf.add(truePositives, falseNegatives), EPSILON));
  const mean = tf.div(
    tf.mul(precision, recall),
    tf.add(tf.add(tf.mul(precision, beta * beta), recall), EPSILON),
  );
  return tf.mul(mean, 1 + beta * beta);
}

function averaged(scores: Tensor, targets: Tensor, average: FBetaScoreOptions['average']): Tensor {
  if (average === null) return scores;
  return average === 'weighted'
    ? tf.sum(tf.mul(scores, tf.div(targets, tf.add(tf.sum(targets), EPSILON))))
    : tf.mean(scores);
}
