import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { EPSILON } from './epsilon.js';

/** Probabilities made to add up to 1 over the last axis, then clipped to 1e-7 … 1 - 1e-7. */
export function clippedShares(probabilities: Tensor): Tensor {
  return tf.clipByValue(tf.div(probabilities, tf.sum(probabilities, -1, true)), EPSILON, 1 - EPSILON);
}
