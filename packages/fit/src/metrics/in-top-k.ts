import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { asFloat, oneHot } from '../losses/tensors.js';

/**
 * 1 where fewer than `k` predictions are larger than that of the labelled class, else 0. As in TensorFlow, ties at the border are
 * in, and a sample whose predictions are not all finite, or whose label is no class, is out.
 */
export function inTopK(labels: Tensor, yPred: Tensor, k: number): Tensor {
  const hits = oneHot(labels, yPred.shape.at(-1) ?? 0);
  const isUsable = tf.logicalAnd(tf.all(tf.isFinite(yPred), -1), tf.greater(tf.sum(hits, -1), 0));
  const ofLabel = tf.sum(tf.mul(hits, yPred), -1, true);
  const larger = tf.sum(asFloat(tf.greater(yPred, ofLabel)), -1);
  return asFloat(tf.logicalAnd(isUsable, tf.less(larger, k)));
}
