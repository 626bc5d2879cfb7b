import { checkOptions, isCount } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { StatefulMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import { alignPair, addEach } from '../losses/tensors.js';
import { countColumns, alignColumnWeights } from './columns.js';
import { type MetricOptions, withOptions } from './metric-options.js';

export interface R2ScoreOptions extends MetricOptions {
  /**
   * How the scores of several outputs become one: their mean, or their mean weighted by variance. With null,
   * the result has one score per output, which logs hold as `r2_score_0` and so on.
   *
   * @default 'uniform_average'
   */
  readonly classAggregation?: 'uniform_average' | 'variance_weighted_average' | null;
  /** If above 0, adjusts the score for that many independent regressors. @default 0 */
  readonly numRegressors?: number;
}

const aggregations: readonly unknown[] = ['uniform_average', 'variance_weighted_average', null];

/**
 * Keras' R2Score, the coefficient of determination: 1 - sum((yTrue - yPred)²) / sum((yTrue - mean(yTrue))²).
 * 1 is perfect; 0 is as good as predicting the mean of the targets.
 *
 * yTrue and yPred are [batch, outputs].
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the metric is called with shapes that do not match.
 */
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
  return withOptions(
    'r2Score',
    { ...options, classAggregation, numRegressors },
    {
      name,
      direction: 'max',
      initial: (yPred) => [
        tf.scalar(0),
        ...Array.from({ length: 4 }, () => tf.zeros([countColumns('r2Score', yPred)])),
      ],
      merge: addEach,
      update: (state, yTrue, yPred, weights) =>
        tf.tidy(() => addEach(state, sumBatch(...alignPair('r2Score', yTrue, yPred), weights))),
      result: (state) =>
        tf.tidy(() =>
          adjustScore(computeScore(state, classAggregation), state[0] as tf.Tensor, numRegressors),
        ),
    },
  );
}

/**
 * The number of values seen; and for each output the sums of squared targets, targets, squared errors and
 * weights.
 */
function sumBatch(yTrue: tf.Tensor, yPred: tf.Tensor, weights: tf.Tensor | undefined): tf.Tensor[] {
  const each = tf.mul(tf.onesLike(yTrue), alignColumnWeights(yTrue, weights));
  const weighted = tf.mul(yTrue, each);
  const errors = tf.mul(tf.square(tf.sub(yTrue, yPred)), each);
  return [
    tf.scalar(yTrue.size),
    ...[tf.mul(yTrue, weighted), weighted, errors, each].map((values) => tf.sum(values, 0)),
  ];
}

function computeScore(
  state: readonly tf.Tensor[],
  aggregation: R2ScoreOptions['classAggregation'],
): tf.Tensor {
  const [, squaredSum, sum, residual, count] = state as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const total = tf.sub(squaredSum, tf.mul(sum, tf.div(sum, count)));
  const raw = tf.sub(1, tf.div(residual, total));
  const scores = tf.where(tf.isInf(raw), tf.zerosLike(raw), raw);
  if (aggregation === null) return scores;
  return aggregation === 'uniform_average'
    ? tf.mean(scores)
    : tf.div(tf.sum(tf.mul(total, scores)), tf.sum(total));
}

/** Like Keras, counts values, not samples, and leaves the score unchanged if there are too few. */
function adjustScore(score: tf.Tensor, seen: tf.Tensor, regressors: number): tf.Tensor {
  if (regressors === 0) return score;
  const freedom = tf.sub(tf.sub(seen, regressors), 1);
  const adjustment = tf.sub(1, tf.div(tf.mul(tf.sub(1, score), tf.sub(seen, 1)), freedom));
  return tf.where(tf.greater(freedom, 0), adjustment, score);
}
