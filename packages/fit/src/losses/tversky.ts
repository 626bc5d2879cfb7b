import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { EPSILON } from './epsilon.js';
import { optionRules } from './option-rules.js';
import { pairedLoss } from './paired-loss.js';

export interface TverskyOptions {
  /** What targets count that were not predicted. Keras calls these false positives.  @default 0.5 */
  readonly alpha?: number;
  /** What predictions count that are no targets. Keras calls these false negatives.  @default 0.5 */
  readonly beta?: number;
  /** The axis or axes over which overlap is counted.  @default all: the whole batch counts as one, and the loss is a scalar */
  readonly axis?: number | readonly number[];
}

/** Keras' Tversky, for segmentation: 1 - overlap / (overlap + alpha · missed + beta · invented + 1e-7). */
export function tversky(options: TverskyOptions = {}): LossFunction {
  const { notNegative, axes } = optionRules;
  checkOptions('tversky', options, { alpha: notNegative, beta: notNegative, axis: axes });
  const { alpha = 0.5, beta = 0.5 } = options;
  const axis = options.axis === undefined ? undefined : [options.axis].flat();
  return pairedLoss('tversky', (yTrue, yPred) => {
    const overlap = tf.sum(tf.mul(yTrue, yPred), axis);
    const missed = tf.sum(tf.mul(tf.sub(1, yPred), yTrue), axis);
    const invented = tf.sum(tf.mul(yPred, tf.sub(1, yTrue)), axis);
    const union = tf.add(tf.add(overlap, tf.mul(missed, alpha)), tf.mul(invented, beta));
    return tf.sub(1, tf.div(overlap, tf.add(union, EPSILON)));
  });
}
