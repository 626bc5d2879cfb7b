import { entryNamed } from '../losses/entry-named.js';
import type { Metric } from '../contract/metric.js';
import { metricTable } from './metric-table.js';

type MetricName = keyof typeof metricTable;

/** Keras' short names, and the older ones, without underscores. */
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
 * The metric of a name in any of Keras' spellings: 'MeanSquaredError', 'mean_squared_error', 'meanSquaredError' or 'mse'.
 * `args` are the arguments of its factory, in camel case: `metricNamed('AUC', { curve: 'PR' })`.
 *
 * The key in the logs is Keras' own name for it ('mean_squared_error', 'auc'), or the short name where one was asked for ('mse').
 * 'accuracy' needs the shapes of targets and predictions: see `accuracyFor`.
 *
 * Throws KEEPFIT_INVALID_OPTION for an unknown name, listing those there are, and for unknown or unfit arguments.
 */
export function getMetric(name: string, args: Readonly<Record<string, unknown>> = {}): Metric {
  const entry = entryNamed('metric', name, Object.keys(metricTable) as MetricName[], aliases);
  const factory: (options: never) => Metric = metricTable[entry];
  const key = Object.hasOwn(aliases, name.toLowerCase()) ? { name } : {};
  // Each factory checks its options itself.
  return factory({ ...key, ...args } as never);
}
