import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withOptions } from './loss-options.js';
import { computeBinaryEntropies, computeLogitEntropies, smoothLabels } from './labels.js';
import { optionRules } from './option-rules.js';
import { createPairedLoss } from './paired-loss.js';
import { raiseTo } from './tensors.js';

export interface BinaryFocalCrossentropyOptions extends LossOptions {
  /** Whether to weight label 1 by alpha and label 0 by 1 - alpha. @default false */
  readonly applyClassBalancing?: boolean;
  /** The weight of label 1 if classes are balanced. @default 0.25 */
  readonly alpha?: number;
  /** How much less well-predicted samples count; 0 gives the ordinary crossentropy. @default 2 */
  readonly gamma?: number;
  /** Whether the model's outputs are logits, without a sigmoid. @default false */
  readonly fromLogits?: boolean;
  /** From 0 to 1: moves the labels that far towards 0.5. @default 0 */
  readonly labelSmoothing?: number;
  /** The axis over which the mean is taken. @default -1 */
  readonly axis?: number;
}

/** About the smallest normal float32. The slope of a power below 1 is infinite at 0, and NaN times a gradient of 0. */
const SMALLEST = 1.2e-38;

/**
 * Keras' BinaryFocalCrossentropy: (1 - p)^gamma times the binary crossentropy; p is the probability given to
 * the right label.
 *
 * yTrue and yPred have the same shape; the loss is that shape without the axis.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function binaryFocalCrossentropy(options: BinaryFocalCrossentropyOptions = {}): LossFunction {
  const { flag, fraction, notNegative, axis: anAxis } = optionRules;
  checkLossOptions('binaryFocalCrossentropy', options, {
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
  return withOptions(
    'binaryFocalCrossentropy',
    { ...options, applyClassBalancing, alpha, gamma, fromLogits, labelSmoothing, axis },
    createPairedLoss('binaryFocalCrossentropy', (yTrue, yPred) => {
      const labels = smoothLabels(yTrue, labelSmoothing, 2);
      const others = tf.sub(1, labels);
      const probabilities = fromLogits ? tf.sigmoid(yPred) : yPred;
      const complements = fromLogits ? tf.sigmoid(tf.neg(yPred)) : tf.sub(1, yPred);
      const wrong = tf.add(tf.mul(labels, complements), tf.mul(others, probabilities));
      const entropies = fromLogits
        ? computeLogitEntropies(labels, yPred)
        : computeBinaryEntropies(labels, yPred);
      const focal = tf.mul(tf.pow(raiseTo(wrong, SMALLEST), gamma), entropies);
      if (!applyClassBalancing) return tf.mean(focal, axis);
      const balance = tf.add(tf.mul(labels, alpha), tf.mul(others, 1 - alpha));
      return tf.mean(tf.mul(balance, focal), axis);
    }),
  );
}
