import type * as tf from '@tensorflow/tfjs-core';

/** The elements of a tensor, row-major. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** How kernels in JavaScript see the memory of a backend. */
export interface Memory {
  /**
   * The elements of a tensor, in place and read-only. Valid until the next `output`, which may move the
   * memory.
   */
  values(tensor: tf.TensorInfo): Values;
  /** A new tensor whose elements are not set yet. */
  output(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo;
  /** The elements of a tensor that `output` has just made, for writing. */
  writable(tensor: tf.TensorInfo): Float32Array;
}
