import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../losses/one-hot.js';
import { NEG_INF } from './never.js';

/** Predictions with all but the k largest of the last axis put below every threshold. */
export function keepTopK(yPred: Tensor, k: number): Tensor {
  const { indices } = tf.topk(yPred, k);
  const kept = tf.sum(oneHot(tf.cast(indices, 'int32'), yPred.shape.at(-1) ?? 0), -2);
  return tf.add(tf.mul(yPred, kept), tf.mul(tf.sub(1, kept), NEG_INF));
}
