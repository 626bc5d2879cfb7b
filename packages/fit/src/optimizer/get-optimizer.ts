import { KeepfitError } from '@keepfit/callbacks';
import { formatValue, suggestName } from '@keepfit/callbacks/internal';
import { adam, adamW, sgd } from '@keepfit/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { listNames, type NameTable, type Unlisted } from '../find-entry-name.js';
import { KerasAdadelta } from './keras-adadelta.js';

const EPSILON = 1e-7;

/** By Keras' names, which are the names of the classes in lower case. */
const OPTIMIZERS = {
  sgd,
  rmsprop: () => tf.train.rmsprop(0.001, 0.9, 0, EPSILON),
  adam,
  adamw: adamW,
  adamax: () => tf.train.adamax(0.001, 0.9, 0.999, EPSILON),
  adagrad: () => tf.train.adagrad(0.001, 0.1),
  // tfjs' class has other numbers than Keras'.
  adadelta: () => new KerasAdadelta(0.001, 0.95, EPSILON),
} as const satisfies Readonly<Record<string, () => tf.Optimizer>>;

type Entry = keyof typeof OPTIMIZERS;

/** The classes in Keras and in tfjs that are spelled in their own way, and the functions that make them. */
const CLASSES = {
  AdamW: 'adamw',
  adamW: 'adamw',
  RMSProp: 'rmsprop',
  RMSprop: 'rmsprop',
  SGD: 'sgd',
} as const satisfies Readonly<Record<string, Entry>>;

/** Keras' optimizers: as they are offered ('adamw'), as functions ('adamW'), and as classes ('AdamW'). */
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
    `optimizer must be an optimizer, such as adamW() of @keepfit/optimizers or tf.train.adam(), or a name (${table.entries.join(', ')}), not ${formatValue(name)}${suggestName(name, table.entries)}`,
  );
}
