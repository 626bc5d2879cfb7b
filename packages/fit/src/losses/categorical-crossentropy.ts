import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { classesLast } from './classes-last.js';
import { clippedShares } from './clipped-shares.js';
import { optionRules } from './option-rules.js';
import { pairedLoss } from './paired-loss.js';
import { smoothLabels } from './smooth-labels.js';

export interface CategoricalCrossentropyOptions {
  /** Whether the model's outputs are logits, without a softmax.  @default false */
  readonly fromLogits?: boolean;
  /** From 0 to 1: moves the labels that far towards 1 / classes.  @default 0 */
  readonly labelSmoothing?: number;
  /** The axis of the classes.  @default -1 */
  readonly axis?: number;
}

/**
 * Keras' CategoricalCrossentropy, for one-hot targets. Probabilities are made to add up to 1 and clipped to 1e-7 … 1 - 1e-7;
 * for targets that are class numbers there is `sparseCategoricalCrossentropy`.
 */
export function categoricalCrossentropy(options: CategoricalCrossentropyOptions = {}): LossFunction {
  const { flag, fraction, axis: anAxis } = optionRules;
  checkOptions('categoricalCrossentropy', options, {
    fromLogits: flag,
    labelSmoothing: fraction,
    axis: anAxis,
  });
  const { fromLogits = false, labelSmoothing = 0, axis = -1 } = options;
  return pairedLoss('categoricalCrossentropy', (yTrue, yPred) => {
    const predictions = classesLast(yPred, axis);
    const labels = smoothLabels(classesLast(yTrue, axis), labelSmoothing, predictions.shape.at(-1) ?? 1);
    const logarithms = fromLogits ? tf.logSoftmax(predictions) : tf.log(clippedShares(predictions));
    return tf.neg(tf.sum(tf.mul(labels, logarithms), -1));
  });
}
