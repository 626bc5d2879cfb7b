import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** A metric's state and one batch's part, added tensor by tensor into new ones. */
export function sumsOf(state: readonly Tensor[], part: readonly Tensor[]): Tensor[] {
  return part.map((added, index) => tf.add(state[index] as Tensor, added));
}
