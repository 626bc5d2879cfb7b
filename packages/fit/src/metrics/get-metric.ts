import type { Metric } from '../contract/metric.js';
import { type CamelCase, findEntryName, type NameTable, type Unlisted } from '../find-entry-name.js';
import { metricTable } from './metric-table.js';

type Entry = keyof typeof metricTable;

/** Keras' short names. */
const shortNames = {
  bce: 'binary_crossentropy',
  kld: 'kl_divergence',
  logcosh: 'log_cosh_error',
  mae: 'mean_absolute_error',
  mape: 'mean_absolute_percentage_error',
  mse: 'mean_squared_error',
  msle: 'mean_squared_logarithmic_error',
  rmse: 'root_mean_squared_error',
} as const satisfies Readonly<Record<string, Entry>>;

/** Other short names, which too are keys in the logs if you ask by them. */
const otherShortNames = {
  BCE: 'binary_crossentropy',
  KLD: 'kl_divergence',
  MAE: 'mean_absolute_error',
  MAPE: 'mean_absolute_percentage_error',
  MSE: 'mean_squared_error',
  MSLE: 'mean_squared_logarithmic_error',
  RMSE: 'root_mean_squared_error',
  kullbackLeiblerDivergence: 'kl_divergence',
} as const satisfies Readonly<Record<string, Entry>>;

/** Keras' own spellings of some names, and older names. */
const otherNames = {
  AUC: 'auc',
  FBetaScore: 'fbeta_score',
  KLDivergence: 'kl_divergence',
  LogCosh: 'log_cosh_error',
  f_beta_score: 'fbeta_score',
  fBetaScore: 'fbeta_score',
  kullback_leibler_divergence: 'kl_divergence',
  logCosh: 'log_cosh_error',
  log_cosh: 'log_cosh_error',
} as const satisfies Readonly<Record<string, Entry>>;

/** The names of the metrics. */
export const getMetricNames = (): NameTable<Entry> => ({
  kind: 'metric',
  entries: Object.keys(metricTable) as Entry[],
  aliases: { ...shortNames, ...otherShortNames, ...otherNames },
});

/** The metrics by Keras' names, in the spellings of losses. 'accuracy' is not among them. */
export type MetricTableName =
  | CamelCase<Entry>
  | keyof typeof shortNames
  | Unlisted<Entry | Capitalize<CamelCase<Entry>> | keyof typeof otherShortNames | keyof typeof otherNames>;

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
export function getMetric(name: MetricTableName, args: Readonly<Record<string, unknown>> = {}): Metric {
  return createMetric(name, args, []);
}

/** The same. An error may suggest the names of `others` too. */
export function createMetric(
  name: string,
  args: Readonly<Record<string, unknown>>,
  others: readonly string[],
): Metric {
  const entry = findEntryName(name, { ...getMetricNames(), others });
  const factory: (options: never) => Metric = metricTable[entry];
  const isShort = Object.hasOwn(shortNames, name) || Object.hasOwn(otherShortNames, name);
  // Each factory checks its options itself.
  return factory({ ...(isShort ? { name } : {}), ...args } as never);
}
