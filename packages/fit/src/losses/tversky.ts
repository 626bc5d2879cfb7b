import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { EPSILON } from './tensors.js';
import { optionRules } from './option-rules.js';
import { createPairedLoss } from './paired-loss.js';

export interface TverskyOptions extends LossOptions {
  /** The weight of targets that were not predicted. Keras calls these false positives. @default 0.5 */
  readonly alpha?: number;
  /** The weight of predictions that are no targets. Keras calls these false negatives. @default 0.5 */
  readonly beta?: number;
  /**
   * The axis or axes over which overlap is counted. @default all: the whole batch counts as one, and the loss
   * is a scalar
   */
  readonly axis?: number | readonly number[];
}

/**
 * Keras' Tversky, for segmentation: 1 - overlap / (overlap + alpha · missed + beta · invented + 1e-7).
 *
 * The overlap is sum(yTrue · yPred); missed targets are sum(yTrue · (1 - yPred)); invented ones are sum((1 -
 * yTrue) · yPred). yTrue and yPred have the same shape; the loss is that shape without the axes.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function tversky(options: TverskyOptions = {}): LossFunction {
  const { notNegative, axes } = optionRules;
  checkLossOptions('tversky', options, { alpha: notNegative, beta: notNegative, axis: axes });
  const { alpha = 0.5, beta = 0.5 } = options;
  const axis = options.axis === undefined ? undefined : [options.axis].flat();
  return withReduction(
    'tversky',
    options,
    createPairedLoss('tversky', (yTrue, yPred) => {
      const overlap = tf.sum(tf.mul(yTrue, yPred), axis);
      const missed = tf.sum(tf.mul(tf.sub(1, yPred), yTrue), axis);
      const invented = tf.sum(tf.mul(yPred, tf.sub(1, yTrue)), axis);
      const union = tf.add(tf.add(overlap, tf.mul(missed, alpha)), tf.mul(invented, beta));
      return tf.sub(1, tf.div(overlap, tf.add(union, EPSILON)));
    }),
  );
}
