import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { takeMagnitude } from './tensors.js';
import { createRegressionLoss } from './paired-loss.js';

/**
 * Keras' MeanAbsoluteError: mean(|yTrue - yPred|) over the last axis.
 *
 * yPred is [batch, …, outputs]. yTrue has the same shape, or is [batch] or [batch, 1] for predictions [batch,
 * outputs]. The loss is [batch, …]: one value per sample.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function meanAbsoluteError(options: LossOptions = {}): LossFunction {
  checkLossOptions('meanAbsoluteError', options, {});
  return withReduction(
    'meanAbsoluteError',
    options,
    createRegressionLoss('meanAbsoluteError', (yTrue, yPred) =>
      tf.mean(takeMagnitude(tf.sub(yTrue, yPred)), -1),
    ),
  );
}
