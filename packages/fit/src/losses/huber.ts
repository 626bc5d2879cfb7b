import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { optionRules } from './option-rules.js';
import { regressionLoss } from './regression-loss.js';

export interface HuberOptions {
  /** The error at which the loss goes over from quadratic to linear.  @default 1 */
  readonly delta?: number;
}

/** Keras' Huber: mean over the last axis of error² / 2 for errors up to delta, and of delta · |error| - delta² / 2 beyond. */
export function huber(options: HuberOptions = {}): LossFunction {
  checkOptions('huber', options, { delta: optionRules.positive });
  const { delta = 1 } = options;
  return regressionLoss('huber', (yTrue, yPred) => {
    const error = tf.sub(yPred, yTrue);
    // Both branches in one: with the error cut to ±delta, c, the loss is c · (error - c / 2).
    const cut = tf.clipByValue(error, -delta, delta);
    return tf.mean(tf.mul(cut, tf.sub(error, tf.mul(cut, 0.5))), -1);
  });
}
