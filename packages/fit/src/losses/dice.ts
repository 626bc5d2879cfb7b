import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { EPSILON } from './tensors.js';
import { optionRules } from './option-rules.js';
import { createPairedLoss } from './paired-loss.js';

export interface DiceOptions extends LossOptions {
  /**
   * The axis or axes over which overlap is counted. @default all: the whole batch counts as one, and the loss
   * is a scalar
   */
  readonly axis?: number | readonly number[];
}

/**
 * Keras' Dice, for segmentation: 1 - 2 · sum(yTrue · yPred) / (sum(yTrue) + sum(yPred) + 1e-7).
 *
 * yTrue and yPred have the same shape; the loss is that shape without the axes.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function dice(options: DiceOptions = {}): LossFunction {
  checkLossOptions('dice', options, { axis: optionRules.axes });
  const axis = options.axis === undefined ? undefined : [options.axis].flat();
  return withReduction(
    'dice',
    options,
    createPairedLoss('dice', (yTrue, yPred) => {
      const overlap = tf.mul(tf.sum(tf.mul(yTrue, yPred), axis), 2);
      return tf.sub(1, tf.div(overlap, tf.add(tf.add(tf.sum(yTrue, axis), tf.sum(yPred, axis)), EPSILON)));
    }),
  );
}
