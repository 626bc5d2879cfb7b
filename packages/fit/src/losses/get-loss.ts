import type { LossFunction } from '../contract/loss.js';
import { type CamelCase, findEntryName, type NameTable, type Unlisted } from '../find-entry-name.js';
import { lossTable } from './loss-table.js';
import { capitalNames, shortNames } from './short-names.js';

type Entry = keyof typeof lossTable;

/** Keras' short names. */
const lossShortNames = { ...shortNames, logcosh: 'log_cosh' } as const satisfies Readonly<
  Record<string, Entry>
>;

/** Keras' own spellings of some names, and older names, which tfjs-layers still uses. */
const otherNames = {
  ...capitalNames,
  CTC: 'ctc',
  KLDivergence: 'kl_divergence',
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
  aliases: { ...lossShortNames, ...otherNames },
});

/**
 * The losses by Keras' names: as they are offered ('meanSquaredError', 'mse'), in snake case, and as classes
 * ('MeanSquaredError').
 */
export type LossName =
  | CamelCase<Entry>
  | keyof typeof lossShortNames
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
