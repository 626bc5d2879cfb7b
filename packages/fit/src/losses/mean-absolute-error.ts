import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { takeMagnitude } from './tensors.js';
import { createRegressionLoss } from './paired-loss.js';

/** Keras' MeanAbsoluteError: mean(|yTrue - yPred|) over the last axis. */
export function meanAbsoluteError(options: Record<string, never> = {}): LossFunction {
  checkOptions('meanAbsoluteError', options, {});
  return createRegressionLoss('meanAbsoluteError', (yTrue, yPred) =>
    tf.mean(takeMagnitude(tf.sub(yTrue, yPred)), -1),
  );
}
