import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { classesLast } from './classes-last.js';
import { clippedShares } from './clipped-shares.js';
import { optionRules } from './option-rules.js';
import { pairedLoss } from './paired-loss.js';
import { smoothLabels } from './smooth-labels.js';

export interface CategoricalFocalCrossentropyOptions {
  /** The weight of every class.  @default 0.25 */
  readonly alpha?: number;
  /** How strongly samples that are predicted well count less; 0 makes it the plain crossentropy times alpha.  @default 2 */
  readonly gamma?: number;
  /** Whether the model's outputs are logits, without a softmax.  @default false */
  readonly fromLogits?: boolean;
  /** From 0 to 1: moves the labels that far towards 1 / classes.  @default 0 */
  readonly labelSmoothing?: number;
  /** The axis of the classes.  @default -1 */
  readonly axis?: number;
}

/** Keras' CategoricalFocalCrossentropy, for one-hot targets: sum(-alpha · (1 - p)^gamma · yTrue · log(p)) over the classes. */
export function categoricalFocalCrossentropy(
  options: CategoricalFocalCrossentropyOptions = {},
): LossFunction {
  const { flag, fraction, notNegative, axis: anAxis } = optionRules;
  checkOptions('categoricalFocalCrossentropy', options, {
    alpha: notNegative,
    gamma: notNegative,
    fromLogits: flag,
    labelSmoothing: fraction,
    axis: anAxis,
  });
  const { alpha = 0.25, gamma = 2, fromLogits = false, labelSmoothing = 0, axis = -1 } = options;
  return pairedLoss('categoricalFocalCrossentropy', (yTrue, yPred) => {
    const predictions = classesLast(yPred, axis);
    const labels = smoothLabels(classesLast(yTrue, axis), labelSmoothing, predictions.shape.at(-1) ?? 1);
    const shares = clippedShares(fromLogits ? tf.softmax(predictions) : predictions);
    const focus = tf.mul(tf.pow(tf.sub(1, shares), gamma), -alpha);
    return tf.sum(tf.mul(focus, tf.mul(labels, tf.log(shares))), -1);
  });
}
