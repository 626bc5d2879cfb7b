import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { atLeast } from './at-least.js';
import { EPSILON } from './epsilon.js';
import { regressionLoss } from './regression-loss.js';

/** Keras' MeanSquaredLogarithmicError: mean((log(yTrue + 1) - log(yPred + 1))²) over the last axis, both taken to be at least 1e-7. */
export function meanSquaredLogarithmicError(options: Record<string, never> = {}): LossFunction {
  checkOptions('meanSquaredLogarithmicError', options, {});
  return regressionLoss('meanSquaredLogarithmicError', (yTrue, yPred) => {
    const logOf = (y: tf.Tensor): tf.Tensor => tf.log(tf.add(atLeast(y, EPSILON), 1));
    return tf.mean(tf.square(tf.sub(logOf(yPred), logOf(yTrue))), -1);
  });
}
