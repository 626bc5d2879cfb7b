import type { Metric } from '../contract/metric.js';
import { type CamelCase, findEntryName, type NameTable, type Unlisted } from '../find-entry-name.js';
import { capitalNames, shortNames } from '../losses/short-names.js';
import { metricTable } from './metric-table.js';

type Entry = keyof typeof metricTable;

/** Keras' short names. */
const metricShortNames = {
  ...shortNames,
  logcosh: 'log_cosh_error',
  rmse: 'root_mean_squared_error',
} as const satisfies Readonly<Record<string, Entry>>;

/** Other short names. A metric that is asked for by a short name has that as its log key. */
const otherShortNames = {
  ...capitalNames,
  RMSE: 'root_mean_squared_error',
  kullbackLeiblerDivergence: 'kl_divergence',
} as const satisfies Readonly<Record<string, Entry>>;

/** Keras' own spellings of some names, and older names. */
const otherNames = {
  AUC: 'auc',
  FBetaScore: 'fbeta_score',
  iou: 'io_u',
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
  aliases: { ...metricShortNames, ...otherShortNames, ...otherNames },
});

/** The metrics by Keras' names, in the spellings of losses. 'accuracy' is not among them. */
export type MetricTableName =
  | CamelCase<Entry>
  | keyof typeof metricShortNames
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

/** Does the same as `getMetric`. Its error may also suggest the names of `others`. */
export function createMetric(
  name: string,
  args: Readonly<Record<string, unknown>>,
  others: readonly string[],
): Metric {
  const entry = findEntryName(name, { ...getMetricNames(), others });
  const factory: (options: never) => Metric = metricTable[entry];
  const isShort = Object.hasOwn(metricShortNames, name) || Object.hasOwn(otherShortNames, name);
  // Each factory checks its options itself.
  return factory({ ...(isShort ? { name } : {}), ...args } as never);
}
