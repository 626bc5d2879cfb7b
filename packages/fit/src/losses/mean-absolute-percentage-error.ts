import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { atLeast } from './at-least.js';
import { EPSILON } from './epsilon.js';
import { magnitude } from './magnitude.js';
import { regressionLoss } from './regression-loss.js';

/** Keras' MeanAbsolutePercentageError: 100 · mean(|yTrue - yPred| / max(|yTrue|, 1e-7)) over the last axis. */
export function meanAbsolutePercentageError(options: Record<string, never> = {}): LossFunction {
  checkOptions('meanAbsolutePercentageError', options, {});
  return regressionLoss('meanAbsolutePercentageError', (yTrue, yPred) => {
    const relative = tf.div(tf.sub(yTrue, yPred), atLeast(tf.abs(yTrue), EPSILON));
    return tf.mul(tf.mean(magnitude(relative), -1), 100);
  });
}
