import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import { type Optimizer, train } from '@tensorflow/tfjs-core';

const EPSILON = 1e-7;

/** Keras' optimizers by name, with Keras' defaults. */
const OPTIMIZERS: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => train.sgd(0.01),
  rmsprop: () => train.rmsprop(0.001, 0.9, 0, EPSILON),
  adam: () => train.adam(0.001, 0.9, 0.999, EPSILON),
  adamax: () => train.adamax(0.001, 0.9, 0.999, EPSILON),
  adagrad: () => train.adagrad(0.001, 0.1),
  adadelta: () => train.adadelta(0.001, 0.95, EPSILON),
};

/** Returns the optimizer given, or makes the one of that Keras name with Keras' defaults. @throws KEEPFIT_INVALID_OPTION */
export function getOptimizer(optimizer: Optimizer | string): Optimizer {
  if (typeof optimizer === 'object' && optimizer !== null && 'applyGradients' in optimizer) return optimizer;
  const make =
    typeof optimizer === 'string' && Object.hasOwn(OPTIMIZERS, optimizer.toLowerCase())
      ? OPTIMIZERS[optimizer.toLowerCase()]
      : undefined;
  if (make !== undefined) return make();
  const names = Object.keys(OPTIMIZERS).join(', ');
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `optimizer must be one of tfjs' optimizers, such as tf.train.adam(), or a name (${names}), not ${formatValue(optimizer)}`,
  );
}
