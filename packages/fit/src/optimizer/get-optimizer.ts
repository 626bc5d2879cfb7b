import { KeepfitError } from '@keepfit/callbacks';
import { formatValue, suggestName } from '@keepfit/callbacks/internal';
import {
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamax,
  adamW,
  ftrl,
  lamb,
  lion,
  muon,
  nadam,
  rmsprop,
  scheduleFreeAdamW,
  sgd,
} from '@keepfit/optimizers';
import type * as tf from '@tensorflow/tfjs-core';
import { listNames, type NameTable, type Unlisted } from '../find-entry-name.js';

/** By Keras' names, which are those of the classes in lower case. */
const OPTIMIZERS = {
  sgd,
  rmsprop,
  adam,
  adamw: adamW,
  adadelta,
  adagrad,
  adamax,
  adafactor,
  nadam,
  ftrl,
  lion,
  lamb,
  muon,
  schedulefreeadamw: scheduleFreeAdamW,
} as const satisfies Readonly<Record<string, () => tf.Optimizer>>;

type Entry = keyof typeof OPTIMIZERS;

/** The classes in Keras and in tfjs that are spelled in their own way, and the functions that make them. */
const CLASSES = {
  AdamW: 'adamw',
  adamW: 'adamw',
  ScheduleFreeAdamW: 'schedulefreeadamw',
  scheduleFreeAdamW: 'schedulefreeadamw',
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
