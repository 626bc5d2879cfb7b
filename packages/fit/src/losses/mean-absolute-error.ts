import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { magnitude } from './magnitude.js';
import { regressionLoss } from './regression-loss.js';

/** Keras' MeanAbsoluteError: mean(|yTrue - yPred|) over the last axis. */
export function meanAbsoluteError(options: Record<string, never> = {}): LossFunction {
  checkOptions('meanAbsoluteError', options, {});
  return regressionLoss('meanAbsoluteError', (yTrue, yPred) => tf.mean(magnitude(tf.sub(yTrue, yPred)), -1));
}
