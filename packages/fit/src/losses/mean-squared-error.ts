import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { createRegressionLoss } from './paired-loss.js';

/**
 * Keras' MeanSquaredError: mean((yTrue - yPred)²) over the last axis.
 *
 * yPred is [batch, …, outputs]. yTrue has the same shape, or is [batch] or [batch, 1] for predictions [batch,
 * outputs]. The loss is [batch, …]: one value per sample.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function meanSquaredError(options: LossOptions = {}): LossFunction {
  checkLossOptions('meanSquaredError', options, {});
  return withReduction(
    'meanSquaredError',
    options,
    createRegressionLoss('meanSquaredError', (yTrue, yPred) => tf.mean(tf.square(tf.sub(yTrue, yPred)), -1)),
  );
}
