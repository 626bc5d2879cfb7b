import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { EPSILON } from './epsilon.js';
import { pairedLoss } from './paired-loss.js';

/** Keras' KLDivergence: sum(yTrue · log(yTrue / yPred)) over the last axis, both clipped to 1e-7 … 1. */
export function klDivergence(options: Record<string, never> = {}): LossFunction {
  checkOptions('klDivergence', options, {});
  return pairedLoss('klDivergence', (yTrue, yPred) => {
    const target = tf.clipByValue(yTrue, EPSILON, 1);
    const prediction = tf.clipByValue(yPred, EPSILON, 1);
    return tf.sum(tf.mul(target, tf.sub(tf.log(target), tf.log(prediction))), -1);
  });
}
