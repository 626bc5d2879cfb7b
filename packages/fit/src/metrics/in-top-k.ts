import * as tf from '@tensorflow/tfjs-core';
import { toFloat, encodeOneHot } from '../losses/tensors.js';

/**
 * 1 for samples in which fewer than `k` predictions are larger than the labelled class's, else 0. As in
 * TensorFlow, ties at the border are in; a sample with predictions that are not finite, or with a label that
 * is no class, is out.
 */
export function isInTopK(labels: tf.Tensor, yPred: tf.Tensor, k: number): tf.Tensor {
  const hits = encodeOneHot(labels, yPred.shape.at(-1) ?? 0);
  const isUsable = tf.logicalAnd(tf.all(tf.isFinite(yPred), -1), tf.greater(tf.sum(hits, -1), 0));
  const ofLabel = tf.sum(tf.mul(hits, yPred), -1, true);
  const larger = tf.sum(toFloat(tf.greater(yPred, ofLabel)), -1);
  return toFloat(tf.logicalAnd(isUsable, tf.less(larger, k)));
}
