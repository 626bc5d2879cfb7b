import { checkOptions, isCount } from '@keepfit/callbacks/internal';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { optionRules } from '../losses/option-rules.js';
import { pairOf } from '../losses/pair-of.js';
import type { StatefulMetric } from '../contract/metric.js';
import { columnWeights } from './column-weights.js';
import { columnsOf } from './columns-of.js';
import type { MetricOptions } from './metric-options.js';
import { sumsOf } from './sums-of.js';

export interface R2ScoreOptions extends MetricOptions {
  /**
   * How the scores of several outputs become one: their mean, their mean by variance, or null for one score an output, of which logs have the
   * first.
   *
   * @default "uniform_average"
   */
  readonly classAggregation?: 'uniform_average' | 'variance_weighted_average' | null;
  /** Where above 0, the score is adjusted for that many independent regressors.  @default 0 */
  readonly numRegressors?: number;
}

const aggregations: readonly unknown[] = ['uniform_average', 'variance_weighted_average', null];

/** Keras' R2Score, the coefficient of determination: 1 is perfect, 0 as good as the mean of the targets. For outputs [batch, outputs]. */
export function r2Score(options: R2ScoreOptions = {}): StatefulMetric {
  checkOptions('r2Score', options, {
    name: optionRules.text,
    classAggregation: [
      (value) => aggregations.includes(value),
      '"uniform_average", "variance_weighted_average" or null',
    ],
    numRegressors: [isCount, 'an integer that is not negative'],
  });
  const { name = 'r2_score', classAggregation = 'uniform_average', numRegressors = 0 } = options;
  return {
    name,
    direction: 'max',
    initial: (yPred) => [
      tf.scalar(0),
      ...Array.from({ length: 4 }, () => tf.zeros([columnsOf('r2Score', yPred)])),
    ],
    update: (state, yTrue, yPred, weights) =>
      tf.tidy(() => sumsOf(state, partOf(...pairOf('r2Score', yTrue, yPred), weights))),
    result: (state) =>
      tf.tidy(() => adjusted(scoreOf(state, classAggregation), state[0] as Tensor, numRegressors)),
  };
}

/** Values seen; and per output: sum of squared targets, of targets, of squared errors, of weights. */
function partOf(yTrue: Tensor, yPred: Tensor, weights: Tensor | undefined): Tensor[] {
  const each = tf.mul(tf.onesLike(yTrue), columnWeights(yTrue, weights));
  const weighted = tf.mul(yTrue, each);
  const errors = tf.mul(tf.square(tf.sub(yTrue, yPred)), each);
  return [
    tf.scalar(yTrue.size),
    ...[tf.mul(yTrue, weighted), weighted, errors, each].map((values) => tf.sum(values, 0)),
  ];
}

function scoreOf(state: readonly Tensor[], aggregation: R2ScoreOptions['classAggregation']): Tensor {
  const [, squaredSum, sum, residual, count] = state as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const total = tf.sub(squaredSum, tf.mul(sum, tf.div(sum, count)));
  const raw = tf.sub(1, tf.div(residual, total));
  const scores = tf.where(tf.isInf(raw), tf.zerosLike(raw), raw);
  if (aggregation === null) return scores;
  return aggregation === 'uniform_average'
    ? tf.mean(scores)
    : tf.div(tf.sum(tf.mul(total, scores)), tf.sum(total));
}

/** As Keras, counts values, not samples, and leaves the score as it is where there are too few. */
function adjusted(score: Tensor, seen: Tensor, regressors: number): Tensor {
  if (regressors === 0) return score;
  const freedom = tf.sub(tf.sub(seen, regressors), 1);
  const adjustment = tf.sub(1, tf.div(tf.mul(tf.sub(1, score), tf.sub(seen, 1)), freedom));
  return tf.where(tf.greater(freedom, 0), adjustment, score);
}
