import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** The larger of each value and `floor`. Both operands have one shape, because tfjs' own gradient of a broadcast maximum throws. */
export function atLeast(x: Tensor, floor: number): Tensor {
  return tf.maximum(x, tf.fill(x.shape, floor));
}
