import { checkOptions } from '@keepfit/callbacks/internal';
import type { MeanMetric } from '../contract/metric.js';
import { optionRules } from '../losses/option-rules.js';
import { toFloat } from '../losses/tensors.js';
import { meanMetric } from './mean-metric.js';
import { type MetricOptions, withOptions } from './metric-options.js';

/**
 * Keras' Mean: the mean of values. As a metric of a model, these are the predictions. For the mean of something
 * else use `meanMetric`. Keras itself refuses Mean in `compile`, because it takes values and no targets.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function mean(options: MetricOptions = {}): MeanMetric {
  checkOptions('mean', options, { name: optionRules.text });
  return withOptions(
    'mean',
    options,
    meanMetric(options.name ?? 'mean', (_yTrue, yPred) => toFloat(yPred).clone()),
  );
}
