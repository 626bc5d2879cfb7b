import { KeepfitError } from '@keepfit/callbacks';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { asFloat } from './as-float.js';

/**
 * Weights as float32 that broadcast over `values`, from its first axis on: [batch], [batch, 1] and [batch, time] for
 * [batch, time]. Throws KEEPFIT_INVALID_DATA for shapes that do not fit.
 */
export function weightsFor(values: Tensor, weights: Tensor): Tensor {
  const isTrailing = weights.rank > values.rank && weights.shape.at(-1) === 1;
  const shape = isTrailing ? weights.shape.slice(0, -1) : weights.shape;
  const fits =
    shape.length <= values.rank &&
    shape.every((size, axis) => size === values.shape[axis] || (size === 1 && axis > 0));
  if (!fits) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `weights of shape [${weights.shape}] do not fit values of shape [${values.shape}]; give one weight a sample, or one a value`,
    );
  }
  return tf.reshape(asFloat(weights), [
    ...shape,
    ...Array.from({ length: values.rank - shape.length }, () => 1),
  ]);
}
