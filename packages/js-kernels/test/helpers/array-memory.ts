import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Memory, Values } from '../../src/index.js';
import { type Given, sizeOf } from './kernel-case.js';

/** A memory of typed arrays whose new tensors hold NaN, so that an element that is never written shows. */
export function arrayMemory(): Memory & { put(given: Given): TensorInfo } {
  const arrays = new WeakMap<object, Values>();
  const array = (tensor: TensorInfo) => arrays.get(tensor.dataId)!;
  const add = (values: Values, shape: readonly number[], dtype: TensorInfo['dtype']): TensorInfo => {
    const dataId = {};
    arrays.set(dataId, values);
    return { dataId, shape: [...shape], dtype };
  };
  const types = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
  return {
    values: array,
    writable: (tensor) => array(tensor) as Float32Array,
    output: (shape, dtype) => add(new types[dtype as 'float32'](sizeOf(shape)).fill(NaN), shape, dtype),
    put: ({ shape, values, dtype = 'float32' }) => add(new types[dtype as 'float32'](values), shape, dtype),
  };
}
