import type { LossFunction } from '../contract/loss.js';
import { findEntryName } from './find-entry-name.js';
import { lossTable } from './loss-table.js';

type LossName = keyof typeof lossTable;

/** Keras' short names, and older ones that tfjs-layers still uses, without underscores. */
const aliases = {
  bce: 'binary_crossentropy',
  cosineproximity: 'cosine_similarity',
  huberloss: 'huber',
  kld: 'kl_divergence',
  kullbackleiblerdivergence: 'kl_divergence',
  mae: 'mean_absolute_error',
  mape: 'mean_absolute_percentage_error',
  mse: 'mean_squared_error',
  msle: 'mean_squared_logarithmic_error',
} as const satisfies Readonly<Record<string, LossName>>;

/**
 * Returns the loss of a name in any of Keras' spellings: 'MeanSquaredError', 'mean_squared_error',
 * 'meanSquaredError' or 'mse'. `args` are the options of its factory: `getLoss('Huber', { delta: 0.5 })`.
 *
 * @throws KEEPFIT_INVALID_OPTION when the name is unknown (the message lists those there are), or when an
 * argument is unknown or invalid.
 */
export function getLoss(name: string, args: Readonly<Record<string, unknown>> = {}): LossFunction {
  const factory = lossTable[findEntryName('loss', name, Object.keys(lossTable) as LossName[], aliases)];
  // Each factory checks its options itself.
  return factory(args as never);
}
