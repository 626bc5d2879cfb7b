import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { MeanMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import { alignPair, toFloat } from '../losses/tensors.js';
import { meanMetric } from './mean-metric.js';
import { type MetricOptions, withOptions } from './metric-options.js';

export interface CorrelationOptions extends MetricOptions {
  /** The axis or axes along which targets and predictions are compared. @default -1 */
  readonly axis?: number | readonly number[];
}

/** A formula over targets and predictions of one shape, along these axes. */
export type Correlation = (yTrue: tf.Tensor, yPred: tf.Tensor, axis: number[]) => tf.Tensor;

/**
 * Creates a metric that is the mean of a correlation.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function createCorrelation(
  owner: string,
  defaultName: string,
  options: CorrelationOptions,
  formula: Correlation,
): MeanMetric {
  checkOptions(owner, options, { name: optionRules.text, axis: optionRules.axes });
  const axis = [options.axis ?? -1].flat();
  return withOptions(
    owner,
    { ...options, axis },
    meanMetric(
      options.name ?? defaultName,
      (yTrue, yPred) =>
        tf.tidy(() => {
          // As in Keras, [batch] stays so, and the correlation is that of the batch.
          const pair =
            yTrue.rank === 1 && yPred.rank === 1 && yTrue.shape[0] === yPred.shape[0]
              ? ([toFloat(yTrue), toFloat(yPred)] as const)
              : alignPair(owner, yTrue, yPred);
          return formula(...pair, axis);
        }),
      'max',
    ),
  );
}

/** The difference of values from their mean along these axes. */
export function center(values: tf.Tensor, axis: number[]): tf.Tensor {
  return tf.sub(values, tf.mean(values, axis, true));
}
