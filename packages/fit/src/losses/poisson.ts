import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { EPSILON } from './tensors.js';
import { createPairedLoss } from './paired-loss.js';

/**
 * Keras' Poisson: mean(yPred - yTrue · log(yPred + 1e-7)) over the last axis.
 *
 * yTrue and yPred are [batch, …, outputs]. The loss is [batch, …]: one value per sample.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function poisson(options: LossOptions = {}): LossFunction {
  checkLossOptions('poisson', options, {});
  return withReduction(
    'poisson',
    options,
    createPairedLoss('poisson', (yTrue, yPred) =>
      tf.mean(tf.sub(yPred, tf.mul(yTrue, tf.log(tf.add(yPred, EPSILON)))), -1),
    ),
  );
}
