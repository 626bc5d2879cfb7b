import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { EPSILON } from './epsilon.js';
import { optionRules } from './option-rules.js';
import { pairedLoss } from './paired-loss.js';

export interface DiceOptions {
  /** The axis or axes over which overlap is counted.  @default all: the whole batch counts as one, and the loss is a scalar */
  readonly axis?: number | readonly number[];
}

/** Keras' Dice, for segmentation: 1 - 2 · sum(yTrue · yPred) / (sum(yTrue) + sum(yPred) + 1e-7). */
export function dice(options: DiceOptions = {}): LossFunction {
  checkOptions('dice', options, { axis: optionRules.axes });
  const axis = options.axis === undefined ? undefined : [options.axis].flat();
  return pairedLoss('dice', (yTrue, yPred) => {
    const overlap = tf.mul(tf.sum(tf.mul(yTrue, yPred), axis), 2);
    return tf.sub(1, tf.div(overlap, tf.add(tf.add(tf.sum(yTrue, axis), tf.sum(yPred, axis)), EPSILON)));
  });
}
