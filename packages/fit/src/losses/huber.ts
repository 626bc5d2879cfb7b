import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { optionRules } from './option-rules.js';
import { createRegressionLoss } from './paired-loss.js';

export interface HuberOptions extends LossOptions {
  /** The error at which the loss changes from quadratic to linear. @default 1 */
  readonly delta?: number;
}

/**
 * Keras' Huber: mean over the last axis of error² / 2 for errors up to delta, and of delta · |error| - delta²
 * / 2 beyond.
 *
 * yPred is [batch, …, outputs]. yTrue has the same shape, or is [batch] or [batch, 1] for predictions [batch,
 * outputs]. The loss is [batch, …]: one value per sample.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function huber(options: HuberOptions = {}): LossFunction {
  checkLossOptions('huber', options, { delta: optionRules.positive });
  const { delta = 1 } = options;
  return withReduction(
    'huber',
    options,
    createRegressionLoss('huber', (yTrue, yPred) => {
      const error = tf.sub(yPred, yTrue);
      // One formula for both branches: with c, the error clipped to ±delta, the loss is c · (error - c / 2).
      const cut = tf.clipByValue(error, -delta, delta);
      return tf.mean(tf.mul(cut, tf.sub(error, tf.mul(cut, 0.5))), -1);
    }),
  );
}
