import { fromLayers } from '@keepfit/layers';
import type { Model, NamedWeight } from '@keepfit/fit';
import { tensor, variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Adds weights that no step touches to a layers model. Its state then has any size, while its step stays the
 * same.
 *
 * @param megabytes The size of the added weights, in 10^6 bytes.
 */
export function addBallast(model: LayersModel, megabytes: number, tensors: number): Model {
  const base = fromLayers(model);
  const ballast = createBallast(megabytes, tensors);
  return {
    ...base,
    get weights() {
      return [...base.weights, ...ballast];
    },
  };
}

/** Creates so many tensors of one size with random values. */
export function createBallast(megabytes: number, tensors: number, trainable = false): NamedWeight[] {
  const length = Math.max(1, Math.round((megabytes * 1e6) / 4 / tensors));
  return Array.from({ length: tensors }, (_, index) => ({
    name: `ballast/${index}`,
    variable: variable(tensor(createRandomValues(length, index)), trainable),
    trainable,
  }));
}

function createRandomValues(length: number, seed: number): Float32Array {
  const values = new Float32Array(length);
  let state = seed + 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    values[index] = state / 2 ** 32;
  }
  return values;
}
