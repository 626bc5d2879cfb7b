import { KeepfitError } from '@keepfit/callbacks';
import { formatValue, suggestName } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import { listNames, type NameTable, type Unlisted } from '../find-entry-name.js';
import { KerasAdadelta } from './keras-adadelta.js';

const EPSILON = 1e-7;

const OPTIMIZERS = {
  sgd: () => tf.train.sgd(0.01),
  rmsprop: () => tf.train.rmsprop(0.001, 0.9, 0, EPSILON),
  adam: () => tf.train.adam(0.001, 0.9, 0.999, EPSILON),
  adamax: () => tf.train.adamax(0.001, 0.9, 0.999, EPSILON),
  adagrad: () => tf.train.adagrad(0.001, 0.1),
  // tfjs' class has other numbers than Keras'.
  adadelta: () => new KerasAdadelta(0.001, 0.95, EPSILON),
} as const satisfies Readonly<Record<string, () => tf.Optimizer>>;

type Entry = keyof typeof OPTIMIZERS;

/** The classes in Keras and in tfjs that are spelled in their own way. */
const CLASSES = {
  RMSProp: 'rmsprop',
  RMSprop: 'rmsprop',
  SGD: 'sgd',
} as const satisfies Readonly<Record<string, Entry>>;

/** The optimizers that Keras names and tfjs has: as they are offered ('adam'), and as classes ('Adam'). */
export type OptimizerName = Entry | Unlisted<Capitalize<Entry> | keyof typeof CLASSES>;

/** The names of the optimizers. */
export const getOptimizerNames = (): NameTable<Entry> => ({
  kind: 'optimizer',
  entries: Object.keys(OPTIMIZERS) as Entry[],
  aliases: CLASSES,
});

/**
 * Makes the optimizer of a Keras name, with Keras' defaults.
 *
 * @throws KEEPFIT_INVALID_OPTION when there is none of this name.
 */
export function getOptimizer(name: OptimizerName): tf.Optimizer {
  const table = getOptimizerNames();
  const entry = listNames(table).get(name);
  if (entry !== undefined) return OPTIMIZERS[entry]();
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `optimizer must be one of tfjs' optimizers, such as tf.train.adam(), or a name (${table.entries.join(', ')}), not ${formatValue(name)}${suggestName(name, table.entries)}`,
  );
}
