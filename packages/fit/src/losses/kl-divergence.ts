import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { EPSILON } from './tensors.js';
import { createPairedLoss } from './paired-loss.js';

/**
 * Keras' KLDivergence: sum(yTrue · log(yTrue / yPred)) over the last axis, both clipped to 1e-7 … 1.
 *
 * yTrue and yPred are [batch, …, classes]. The loss is [batch, …]: one value per sample.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function klDivergence(options: LossOptions = {}): LossFunction {
  checkLossOptions('klDivergence', options, {});
  return withReduction(
    'klDivergence',
    options,
    createPairedLoss('klDivergence', (yTrue, yPred) => {
      const target = tf.clipByValue(yTrue, EPSILON, 1);
      const prediction = tf.clipByValue(yPred, EPSILON, 1);
      return tf.sum(tf.mul(target, tf.sub(tf.log(target), tf.log(prediction))), -1);
    }),
  );
}
