import type { CaptureEntry, DType } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import { heapView } from './heap-view.js';

/** A captured tensor of this backend. */
export interface HeldTensor extends CaptureEntry {
  /** The held values; the holder disposes them by `dispose`. */
  readonly tensor: tf.Tensor;
  dispose(): void;
}

/**
 * Holds the values of a tensor or variable as they are now, at no copy: a reshape to the same shape shares the memory, and tfjs never
 * writes into memory that is shared. The price is the memory of the old values once training has replaced them.
 */
export function captureTensor(name: string, source: tf.Tensor): HeldTensor {
  const tensor = tf.tidy(() => tf.keep(tf.reshape(source, source.shape)));
  return {
    name,
    tensor,
    dtype: source.dtype as DType,
    shape: [...source.shape],
    async read() {
      const view = heapView(tensor);
      if (view !== undefined) return view;
      const { buffer, byteOffset, byteLength } = await tensor.data<'float32' | 'int32' | 'bool'>();
      return new Uint8Array(buffer, byteOffset, byteLength);
    },
    dispose: () => tensor.dispose(),
  };
}
