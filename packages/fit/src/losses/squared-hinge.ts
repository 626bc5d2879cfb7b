import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { raiseTo } from './tensors.js';
import { createPairedLoss } from './paired-loss.js';
import { signLabels } from './labels.js';

/**
 * Keras' SquaredHinge: mean(max(1 - yTrue · yPred, 0)²) over the last axis. Targets are -1 or 1; a batch of
 * only 0 and 1 is converted.
 *
 * yTrue and yPred are [batch, …, outputs]. The loss is [batch, …]: one value per sample.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function squaredHinge(options: LossOptions = {}): LossFunction {
  checkLossOptions('squaredHinge', options, {});
  return withReduction(
    'squaredHinge',
    options,
    createPairedLoss('squaredHinge', (yTrue, yPred) =>
      tf.mean(tf.square(raiseTo(tf.sub(1, tf.mul(signLabels(yTrue), yPred)), 0)), -1),
    ),
  );
}
