import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** The values of several thresholds as they are, that of a single one as a scalar. */
export function valueOrList(values: Tensor): Tensor {
  return values.size === 1 ? tf.reshape(values, []) : tf.clone(values);
}
