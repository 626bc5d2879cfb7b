import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { createRegressionLoss } from './paired-loss.js';
import { raiseTo, EPSILON } from './tensors.js';

/**
 * Keras' MeanSquaredLogarithmicError: mean((log(yTrue + 1) - log(yPred + 1))²) over the last axis. Values
 * below 1e-7 count as 1e-7.
 *
 * yPred is [batch, …, outputs]. yTrue has the same shape, or is [batch] or [batch, 1] for predictions [batch,
 * outputs]. The loss is [batch, …]: one value per sample.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function meanSquaredLogarithmicError(options: LossOptions = {}): LossFunction {
  checkLossOptions('meanSquaredLogarithmicError', options, {});
  return withReduction(
    'meanSquaredLogarithmicError',
    options,
    createRegressionLoss('meanSquaredLogarithmicError', (yTrue, yPred) => {
      const logOf = (y: tf.Tensor): tf.Tensor => tf.log(tf.add(raiseTo(y, EPSILON), 1));
      return tf.mean(tf.square(tf.sub(logOf(yPred), logOf(yTrue))), -1);
    }),
  );
}
