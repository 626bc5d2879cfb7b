import type { LossFunction } from '../contract/loss.js';
import type { MeanMetric, MetricDirection } from '../contract/metric.js';

/**
 * Turns any function of targets and predictions into a metric, its mean, as Keras' MeanMetricWrapper does:
 * `meanMetric('huber', huber({ delta: 2 }), 'min')`.
 */
export function meanMetric(name: string, values: LossFunction, direction?: MetricDirection): MeanMetric {
  return direction === undefined ? { name, values } : { name, direction, values };
}
