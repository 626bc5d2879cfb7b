import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { StatefulMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import { addEach, alignWeights, toFloat } from '../losses/tensors.js';
import { type MetricOptions, withOptions } from './metric-options.js';

/**
 * Keras' Sum: the sum of values, over all batches. As a metric of a model, these are the predictions. Keras
 * itself refuses Sum in `compile`, because it takes values and no targets.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function sum(options: MetricOptions = {}): StatefulMetric {
  checkOptions('sum', options, { name: optionRules.text });
  return withOptions('sum', options, {
    name: options.name ?? 'sum',
    initial: () => [tf.scalar(0)],
    merge: addEach,
    update: (state, _yTrue, yPred, weights) =>
      tf.tidy(() => {
        const values = toFloat(yPred);
        const weighted = weights === undefined ? values : tf.mul(values, alignWeights(values, weights));
        return addEach(state, [tf.sum(weighted)]);
      }),
    result: ([total]) => tf.clone(total as tf.Tensor),
  });
}
