import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Values } from './values.js';

/** Where a backend keeps its tensors, as kernels in plain JavaScript see it. */
export interface Memory {
  /** The elements of a tensor, in place and not to be written. Valid until the next `output`, which may move the memory. */
  values(tensor: TensorInfo): Values;
  /** A new tensor whose elements are not set yet. */
  output(shape: readonly number[], dtype: DataType): TensorInfo;
  /** The elements of a tensor that `output` has just made, to be written. */
  written(tensor: TensorInfo): Float32Array;
}
