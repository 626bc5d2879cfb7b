import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { binaryEntropies } from './binary-entropies.js';
import { optionRules } from './option-rules.js';
import { pairedLoss } from './paired-loss.js';
import { smoothLabels } from './smooth-labels.js';

export interface BinaryFocalCrossentropyOptions {
  /** Whether to weight label 1 by alpha and label 0 by 1 - alpha.  @default false */
  readonly applyClassBalancing?: boolean;
  /** The weight of label 1 where classes are balanced.  @default 0.25 */
  readonly alpha?: number;
  /** How strongly samples that are predicted well count less; 0 makes it the plain crossentropy.  @default 2 */
  readonly gamma?: number;
  /** Whether the model's outputs are logits, without a sigmoid.  @default false */
  readonly fromLogits?: boolean;
  /** From 0 to 1: moves the labels that far towards 0.5.  @default 0 */
  readonly labelSmoothing?: number;
  /** The axis over which the mean is taken.  @default -1 */
  readonly axis?: number;
}

/** Keras' BinaryFocalCrossentropy: (1 - p)^gamma times the binary crossentropy, p being the probability given to the right label. */
export function binaryFocalCrossentropy(options: BinaryFocalCrossentropyOptions = {}): LossFunction {
  const { flag, fraction, notNegative, axis: anAxis } = optionRules;
  checkOptions('binaryFocalCrossentropy', options, {
    applyClassBalancing: flag,
    alpha: fraction,
    gamma: notNegative,
    fromLogits: flag,
    labelSmoothing: fraction,
    axis: anAxis,
  });
  const {
    applyClassBalancing = false,
    alpha = 0.25,
    gamma = 2,
    fromLogits = false,
    labelSmoothing = 0,
    axis = -1,
  } = options;
  return pairedLoss('binaryFocalCrossentropy', (yTrue, yPred) => {
    const labels = smoothLabels(yTrue, labelSmoothing, 2);
    const probabilities = fromLogits ? tf.sigmoid(yPred) : yPred;
    const wrong = tf.add(tf.mul(labels, tf.sub(1, probabilities)), tf.mul(tf.sub(1, labels), probabilities));
    const focal = tf.mul(tf.pow(wrong, gamma), binaryEntropies(labels, probabilities));
    if (!applyClassBalancing) return tf.mean(focal, axis);
    const balance = tf.add(tf.mul(labels, alpha), tf.mul(tf.sub(1, labels), 1 - alpha));
    return tf.mean(tf.mul(balance, focal), axis);
  });
}
