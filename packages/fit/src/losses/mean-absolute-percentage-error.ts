import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { createRegressionLoss } from './paired-loss.js';
import { raiseTo, EPSILON, takeMagnitude } from './tensors.js';

/**
 * Keras' MeanAbsolutePercentageError: 100 · mean(|yTrue - yPred| / max(|yTrue|, 1e-7)) over the last axis.
 *
 * yPred is [batch, …, outputs]. yTrue has the same shape, or is [batch] or [batch, 1] for predictions [batch,
 * outputs]. The loss is [batch, …]: one value per sample.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function meanAbsolutePercentageError(options: LossOptions = {}): LossFunction {
  checkLossOptions('meanAbsolutePercentageError', options, {});
  return withReduction(
    'meanAbsolutePercentageError',
    options,
    createRegressionLoss('meanAbsolutePercentageError', (yTrue, yPred) => {
      const relative = tf.div(tf.sub(yTrue, yPred), raiseTo(tf.abs(yTrue), EPSILON));
      return tf.mul(tf.mean(takeMagnitude(relative), -1), 100);
    }),
  );
}
