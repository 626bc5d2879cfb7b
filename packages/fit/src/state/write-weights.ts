import { KeepfitError, type TensorValues, type WeightValues } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';

/**
 * Gives the weights these values, in new memory: all, or none if they do not fit.
 *
 * @throws KEEPFIT_INVALID_DATA when a weight is missing or unknown, or has another shape or type.
 */
export function writeWeights(weights: readonly NamedWeight[], values: WeightValues): void {
  checkNames(weights, values);
  const copies = weights.map((weight) => copyValues(weight, values[weight.name] as TensorValues));
  const tensors: tf.Tensor[] = [];
  try {
    weights.forEach(({ variable }, index) =>
      tensors.push(tf.tensor(copies[index] as TensorValues['data'], variable.shape, variable.dtype)),
    );
    weights.forEach(({ variable }, index) => variable.assign(tensors[index] as tf.Tensor));
  } finally {
    tf.dispose(tensors);
  }
}

function checkNames(weights: readonly NamedWeight[], values: WeightValues): void {
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw createError(
      `must be a record of all weights by name, as getWeights returns them, not ${formatValue(values)}`,
    );
  const missing = weights.find(({ name }) => !Object.hasOwn(values, name));
  if (missing !== undefined)
    throw createError(`lacks the weight "${missing.name}"; take the others from getWeights`);
  const unknown = Object.keys(values).find((key) => weights.every(({ name }) => name !== key));
  if (unknown !== undefined)
    throw createError(
      `names the weight ${JSON.stringify(unknown)}; the model's weights are ${weights.map(({ name }) => name).join(', ')}`,
    );
}

const ARRAYS: Readonly<Record<string, 'Float32Array' | 'Int32Array' | 'Uint8Array'>> = {
  float32: 'Float32Array',
  int32: 'Int32Array',
  bool: 'Uint8Array',
};

/** Copies the values, so that later changes to the caller's arrays do not reach the model. */
function copyValues({ name, variable }: NamedWeight, given: TensorValues): TensorValues['data'] {
  const { data, shape } = (given ?? {}) as Partial<TensorValues>;
  const { dtype, size } = variable;
  const wanted = `{ data, shape } with ${size} values in a ${ARRAYS[dtype]} of shape [${variable.shape.join(', ')}]`;
  // Compared by the tag because the array may come from another realm.
  const isFit =
    ArrayBuffer.isView(data) &&
    data[Symbol.toStringTag] === ARRAYS[dtype] &&
    data.length === size &&
    Array.isArray(shape) &&
    shape.join() === variable.shape.join();
  if (!isFit) throw createError(`must have "${name}" as ${wanted}, not ${formatValue(given)}`);
  if (dtype === 'bool' && data.some((value) => value > 1))
    throw createError(`has another value than 0 and 1 in "${name}", which is bool`);
  return dtype === 'float32'
    ? new Float32Array(data)
    : dtype === 'int32'
      ? new Int32Array(data)
      : new Uint8Array(data);
}

function createError(what: string): KeepfitError {
  return new KeepfitError('KEEPFIT_INVALID_DATA', `the argument of setWeights ${what}; nothing was changed`);
}
