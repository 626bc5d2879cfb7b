import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { regressionLoss } from './regression-loss.js';

/** Keras' LogCosh: mean(log(cosh(yPred - yTrue))) over the last axis. */
export function logCosh(options: Record<string, never> = {}): LossFunction {
  checkOptions('logCosh', options, {});
  return regressionLoss('logCosh', (yTrue, yPred) => {
    const error = tf.sub(yPred, yTrue);
    // log(cosh(x)) in a form that does not overflow for large errors.
    return tf.mean(tf.sub(tf.add(error, tf.softplus(tf.mul(error, -2))), Math.LN2), -1);
  });
}
