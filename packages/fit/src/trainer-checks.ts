import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import type * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedWeight } from './contract/model.js';
import type { Names } from './contract/names.js';

/** @throws KEEPFIT_INVALID_OPTION when it is not a model. */
export function checkModel(model: Model): void {
  const { weights, call } = (model ?? {}) as Partial<Model>;
  if (
    Array.isArray(weights) &&
    weights.length > 0 &&
    weights.every(hasVariable) &&
    typeof call === 'function'
  )
    return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the model of Trainer must be { weights: [{ name, variable, trainable }, …], call }, not ${formatValue(model)}; ` +
      'for a tfjs-layers model use fit(model, …), or give fromLayers(model); both are in keepfit',
  );
}

/** The weights of a tfjs-layers model have none. */
function hasVariable(weight: unknown): boolean {
  const { name, variable } = (weight ?? {}) as Partial<NamedWeight>;
  return typeof name === 'string' && typeof variable?.assign === 'function';
}

export function isOptimizer(value: unknown): value is tf.Optimizer {
  return typeof value === 'object' && value !== null && 'applyGradients' in value;
}

/** The names that the Trainer of `@keepfit/fit/core` knows: none. */
export const noNames: Names = {
  getLoss: (given) =>
    refuseName('a loss', 'a function, such as meanSquaredError() of @keepfit/fit/losses', given),
  getMetric: (given) => refuseName('a metric', 'an object, such as auc() of @keepfit/fit/metrics', given),
  getOptimizer: (given) => refuseName('optimizer', "one of tfjs' optimizers, such as tf.train.adam()", given),
};

function refuseName(what: string, wanted: string, given: unknown): never {
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `${what} must be ${wanted}, not ${formatValue(given)}; for Keras' names import Trainer from '@keepfit/fit'`,
  );
}
