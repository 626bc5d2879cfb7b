import type { LossFunction } from '../contract/loss.js';
import type { MeanMetric, MetricDirection } from '../contract/metric.js';

/**
 * The mean of any function of targets and predictions as a metric, as Keras' MeanMetricWrapper:
 * `meanMetric('huber', huber({ delta: 2 }), 'min')`.
 */
export function meanMetric(name: string, values: LossFunction, direction?: MetricDirection): MeanMetric {
  return direction === undefined ? { name, values } : { name, direction, values };
}
