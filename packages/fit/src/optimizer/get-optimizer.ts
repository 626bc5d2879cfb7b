import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
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

/** The optimizers that Keras names and tfjs has. Class names, such as 'Adam', are understood too. */
export type OptimizerName = keyof typeof OPTIMIZERS;

/**
 * Makes the optimizer of a Keras name, with Keras' defaults.
 *
 * @throws KEEPFIT_INVALID_OPTION when there is none of this name.
 */
export function getOptimizer(name: string): tf.Optimizer {
  const key = typeof name === 'string' ? name.toLowerCase() : '';
  if (Object.hasOwn(OPTIMIZERS, key)) return OPTIMIZERS[key as OptimizerName]();
  const names = Object.keys(OPTIMIZERS).join(', ');
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `optimizer must be one of tfjs' optimizers, such as tf.train.adam(), or a name (${names}), not ${formatValue(name)}`,
  );
}
