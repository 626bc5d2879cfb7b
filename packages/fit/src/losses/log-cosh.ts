import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { createRegressionLoss } from './paired-loss.js';

/**
 * Keras' LogCosh: mean(log(cosh(yPred - yTrue))) over the last axis.
 *
 * yPred is [batch, …, outputs]. yTrue has the same shape, or is [batch] or [batch, 1] for predictions [batch,
 * outputs]. The loss is [batch, …]: one value per sample.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function logCosh(options: LossOptions = {}): LossFunction {
  checkLossOptions('logCosh', options, {});
  return withReduction(
    'logCosh',
    options,
    createRegressionLoss('logCosh', (yTrue, yPred) => {
      const error = tf.sub(yPred, yTrue);
      // This form of log(cosh(x)) does not overflow for large errors.
      return tf.mean(tf.sub(tf.add(error, tf.softplus(tf.mul(error, -2))), Math.LN2), -1);
    }),
  );
}
