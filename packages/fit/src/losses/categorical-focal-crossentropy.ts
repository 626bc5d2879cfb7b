import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { moveClassesLast, normalizeProbabilities, smoothLabels } from './labels.js';
import { optionRules } from './option-rules.js';
import { createPairedLoss } from './paired-loss.js';

export interface CategoricalFocalCrossentropyOptions extends LossOptions {
  /** The weight of every class. @default 0.25 */
  readonly alpha?: number;
  /** How much less well-predicted samples count; 0 gives the ordinary crossentropy times alpha. @default 2 */
  readonly gamma?: number;
  /** Whether the model's outputs are logits, without a softmax. @default false */
  readonly fromLogits?: boolean;
  /** From 0 to 1: moves the labels that far towards 1 / classes. @default 0 */
  readonly labelSmoothing?: number;
  /** The axis of the classes. @default -1 */
  readonly axis?: number;
}

/**
 * Keras' CategoricalFocalCrossentropy: sum(-alpha · (1 - p)^gamma · yTrue · log(p)) over the classes. Targets
 * are one-hot.
 *
 * yTrue and yPred are [batch, …, classes]. The loss is [batch, …]: one value per sample.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 * @throws KEEPFIT_INVALID_DATA when the predictions lack the axis.
 */
export function categoricalFocalCrossentropy(
  options: CategoricalFocalCrossentropyOptions = {},
): LossFunction {
  const { flag, fraction, notNegative, axis: anAxis } = optionRules;
  checkLossOptions('categoricalFocalCrossentropy', options, {
    alpha: notNegative,
    gamma: notNegative,
    fromLogits: flag,
    labelSmoothing: fraction,
    axis: anAxis,
  });
  const { alpha = 0.25, gamma = 2, fromLogits = false, labelSmoothing = 0, axis = -1 } = options;
  return withReduction(
    'categoricalFocalCrossentropy',
    options,
    createPairedLoss('categoricalFocalCrossentropy', (yTrue, yPred) => {
      const predictions = moveClassesLast(yPred, axis);
      const labels = smoothLabels(
        moveClassesLast(yTrue, axis),
        labelSmoothing,
        predictions.shape.at(-1) ?? 1,
      );
      const shares = normalizeProbabilities(fromLogits ? tf.softmax(predictions) : predictions);
      const focus = tf.mul(tf.pow(tf.sub(1, shares), gamma), -alpha);
      return tf.sum(tf.mul(focus, tf.mul(labels, tf.log(shares))), -1);
    }),
  );
}
