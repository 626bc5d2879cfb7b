import { type Optimizer, train } from '@tensorflow/tfjs-core';
import { commonOptions, kerasOptimizers } from '../../../fit/test/helpers/keras-optimizers.js';

/** Every optimizer of tfjs, with rates that move tiny models fast. */
export const tfjsOptimizers: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => train.sgd(0.05),
  momentum: () => train.momentum(0.05, 0.8),
  nesterov: () => train.momentum(0.05, 0.8, true),
  adagrad: () => train.adagrad(0.05, 0.1),
  adadelta: () => train.adadelta(0.5, 0.9, 1e-6),
  rmsprop: () => train.rmsprop(0.01, 0.9, 0, 1e-7),
  'rmsprop, centered': () => train.rmsprop(0.01, 0.9, 0.5, 1e-7, true),
  adam: () => train.adam(0.02),
  adamax: () => train.adamax(0.02),
};

/** All of Keras', and every schedule and option that they have in common. */
export const optimizersOfKeras: Readonly<Record<string, () => Optimizer>> = {
  ...kerasOptimizers,
  ...commonOptions,
};

export const optimizers: Readonly<Record<string, () => Optimizer>> = {
  ...tfjsOptimizers,
  ...optimizersOfKeras,
};
