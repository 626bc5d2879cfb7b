import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { regressionLoss } from './regression-loss.js';

/** Keras' MeanSquaredError: mean((yTrue - yPred)²) over the last axis. */
export function meanSquaredError(options: Record<string, never> = {}): LossFunction {
  checkOptions('meanSquaredError', options, {});
  return regressionLoss('meanSquaredError', (yTrue, yPred) => tf.mean(tf.square(tf.sub(yTrue, yPred)), -1));
}
