import { KeepfitError, type TensorValues, type WeightValues } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import type { NamedWeight } from '../contract/model.js';
import type { HeldTensor } from './capture-tensor.js';

/** Copies the values of a tensor to the host. */
export async function readValues(tensor: tf.Tensor): Promise<TensorValues> {
  const { dtype, shape } = tensor;
  if (dtype === 'string' || dtype === 'complex64') {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `a tensor of ${dtype} has no plain values; they are float32, int32 or bool`,
    );
  }
  // Copied because some backends give the memory of the tensor itself.
  const data = (await tensor.data<'float32' | 'int32' | 'bool'>()).slice();
  return { data, shape: [...shape] };
}

/** Copies captured weights to the host. */
export async function readWeights(
  weights: readonly NamedWeight[],
  held: readonly HeldTensor[],
): Promise<WeightValues> {
  const values = await Promise.all(held.map(({ tensor }) => readValues(tensor)));
  return Object.fromEntries(weights.map(({ name }, index) => [name, values[index] as TensorValues] as const));
}
