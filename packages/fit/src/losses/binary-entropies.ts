import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { EPSILON } from './epsilon.js';

/** -(y · log(p) + (1 - y) · log(1 - p)) of each label and probability, probabilities clipped to 1e-7 … 1 - 1e-7. */
export function binaryEntropies(labels: Tensor, probabilities: Tensor): Tensor {
  const clipped = tf.clipByValue(probabilities, EPSILON, 1 - EPSILON);
  const ofOnes = tf.mul(labels, tf.log(clipped));
  const ofZeros = tf.mul(tf.sub(1, labels), tf.log(tf.sub(1, clipped)));
  return tf.neg(tf.add(ofOnes, ofZeros));
}
