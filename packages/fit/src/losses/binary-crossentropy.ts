import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { binaryEntropies } from './binary-entropies.js';
import { optionRules } from './option-rules.js';
import { pairedLoss } from './paired-loss.js';
import { smoothLabels } from './smooth-labels.js';

export interface BinaryCrossentropyOptions {
  /** Whether the model's outputs are logits, without a sigmoid.  @default false */
  readonly fromLogits?: boolean;
  /** From 0 to 1: moves the labels that far towards 0.5.  @default 0 */
  readonly labelSmoothing?: number;
  /** The axis over which the mean is taken.  @default -1 */
  readonly axis?: number;
}

/** Keras' BinaryCrossentropy, for labels 0 and 1, one or several a sample. Probabilities are clipped to 1e-7 … 1 - 1e-7. */
export function binaryCrossentropy(options: BinaryCrossentropyOptions = {}): LossFunction {
  const { flag, fraction, axis: anAxis } = optionRules;
  checkOptions('binaryCrossentropy', options, { fromLogits: flag, labelSmoothing: fraction, axis: anAxis });
  const { fromLogits = false, labelSmoothing = 0, axis = -1 } = options;
  return pairedLoss('binaryCrossentropy', (yTrue, yPred) => {
    const labels = smoothLabels(yTrue, labelSmoothing, 2);
    if (!fromLogits) return tf.mean(binaryEntropies(labels, yPred), axis);
    // -log(sigmoid(x)) is softplus(-x): accurate for large logits of either sign, and with the right gradient at 0.
    const ofOnes = tf.mul(labels, tf.softplus(tf.neg(yPred)));
    const ofZeros = tf.mul(tf.sub(1, labels), tf.softplus(yPred));
    return tf.mean(tf.add(ofOnes, ofZeros), axis);
  });
}
