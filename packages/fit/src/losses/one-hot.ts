import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Labels [..] as float32 [.., depth]. By way of int32: tfjs' wasm backend writes the bits of whole numbers where float32 is asked for. */
export function oneHot(labels: Tensor, depth: number): Tensor {
  return tf.cast(tf.oneHot(labels, depth, 1, 0, 'int32'), 'float32');
}
