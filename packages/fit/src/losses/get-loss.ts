import type { LossFunction } from '../contract/loss.js';
import { type CamelCase, findEntryName, type NameTable, type Unlisted } from '../find-entry-name.js';
import { lossTable } from './loss-table.js';

type Entry = keyof typeof lossTable;

/** Keras' short names. */
const shortNames = {
  bce: 'binary_crossentropy',
  kld: 'kl_divergence',
  logcosh: 'log_cosh',
  mae: 'mean_absolute_error',
  mape: 'mean_absolute_percentage_error',
  mse: 'mean_squared_error',
  msle: 'mean_squared_logarithmic_error',
} as const satisfies Readonly<Record<string, Entry>>;

/** Keras' own spellings of some names, and older names, which tfjs-layers still uses. */
const otherNames = {
  BCE: 'binary_crossentropy',
  KLD: 'kl_divergence',
  KLDivergence: 'kl_divergence',
  MAE: 'mean_absolute_error',
  MAPE: 'mean_absolute_percentage_error',
  MSE: 'mean_squared_error',
  MSLE: 'mean_squared_logarithmic_error',
  cosineProximity: 'cosine_similarity',
  cosine_proximity: 'cosine_similarity',
  huberLoss: 'huber',
  huber_loss: 'huber',
  kullbackLeiblerDivergence: 'kl_divergence',
  kullback_leibler_divergence: 'kl_divergence',
} as const satisfies Readonly<Record<string, Entry>>;

/** The names of the losses. */
export const getLossNames = (): NameTable<Entry> => ({
  kind: 'loss',
  entries: Object.keys(lossTable) as Entry[],
  aliases: { ...shortNames, ...otherNames },
});

/**
 * The losses by Keras' names: as they are offered ('meanSquaredError', 'mse'), in snake case, and as classes
 * ('MeanSquaredError').
 */
export type LossName =
  | CamelCase<Entry>
  | keyof typeof shortNames
  | Unlisted<Entry | Capitalize<CamelCase<Entry>> | keyof typeof otherNames>;

/**
 * Returns the loss of a name in any of Keras' spellings: 'MeanSquaredError', 'mean_squared_error',
 * 'meanSquaredError' or 'mse'. `args` are the options of its factory: `getLoss('Huber', { delta: 0.5 })`.
 *
 * @throws KEEPFIT_INVALID_OPTION when the name is unknown (the message lists those there are), or when an
 * argument is unknown or invalid.
 */
export function getLoss(name: LossName, args: Readonly<Record<string, unknown>> = {}): LossFunction {
  const factory = lossTable[findEntryName(name, getLossNames())];
  // Each factory checks its options itself.
  return factory(args as never);
}
