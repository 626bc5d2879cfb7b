import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { atLeast } from './at-least.js';
import { maxOfLastAxis } from './max-of-last-axis.js';
import { pairedLoss } from './paired-loss.js';

/** Keras' CategoricalHinge: max(1 + max((1 - yTrue) · yPred) - sum(yTrue · yPred), 0) over the last axis. Targets are one-hot. */
export function categoricalHinge(options: Record<string, never> = {}): LossFunction {
  checkOptions('categoricalHinge', options, {});
  return pairedLoss('categoricalHinge', (yTrue, yPred) => {
    const right = tf.sum(tf.mul(yTrue, yPred), -1);
    const bestWrong = maxOfLastAxis(tf.mul(tf.sub(1, yTrue), yPred));
    return atLeast(tf.add(tf.sub(bestWrong, right), 1), 0);
  });
}
