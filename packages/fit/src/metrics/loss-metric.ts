import { checkOptions } from '@keepfit/callbacks/internal';
import type { LossFunction } from '../contract/loss.js';
import { optionRules } from '../losses/option-rules.js';
import type { MeanMetric } from '../contract/metric.js';
import { meanMetric } from './mean-metric.js';
import type { MetricOptions } from './metric-options.js';

/** The mean of a loss as a metric: takes the loss's options, which the loss checks, and `name`. */
export function lossMetric(
  defaultName: string,
  lossOf: (options?: never) => LossFunction,
  options: MetricOptions,
): MeanMetric {
  const { name = defaultName, ...rest } = options;
  checkOptions<MetricOptions>(defaultName, { name }, { name: optionRules.text });
  return meanMetric(name, lossOf(rest as never), 'min');
}
