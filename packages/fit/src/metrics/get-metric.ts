import { findEntryName } from '../losses/find-entry-name.js';
import type { Metric } from '../contract/metric.js';
import { metricTable } from './metric-table.js';

type MetricName = keyof typeof metricTable;

/** Keras' short names, and older ones, without underscores. */
const aliases = {
  bce: 'binary_crossentropy',
  kld: 'kl_divergence',
  kullbackleiblerdivergence: 'kl_divergence',
  logcosh: 'log_cosh_error',
  mae: 'mean_absolute_error',
  mape: 'mean_absolute_percentage_error',
  mse: 'mean_squared_error',
  msle: 'mean_squared_logarithmic_error',
  rmse: 'root_mean_squared_error',
} as const satisfies Readonly<Record<string, MetricName>>;

/**
 * Returns the metric of a name in any of Keras' spellings: 'MeanSquaredError', 'mean_squared_error',
 * 'meanSquaredError' or 'mse'. `args` are the options of its factory: `getMetric('AUC', { curve: 'PR' })`.
 *
 * Its key in the logs is Keras' own name ('mean_squared_error', 'auc'), or the short name if you ask by that
 * ('mse'). 'accuracy' needs the shapes of targets and predictions: see `chooseAccuracy`.
 *
 * @throws KEEPFIT_INVALID_OPTION when the name is unknown (the message lists those there are), or when an
 * argument is unknown or invalid.
 */
export function getMetric(name: string, args: Readonly<Record<string, unknown>> = {}): Metric {
  const entry = findEntryName('metric', name, Object.keys(metricTable) as MetricName[], aliases);
  const factory: (options: never) => Metric = metricTable[entry];
  const key = Object.hasOwn(aliases, name.toLowerCase()) ? { name } : {};
  // Each factory checks its options itself.
  return factory({ ...key, ...args } as never);
}
