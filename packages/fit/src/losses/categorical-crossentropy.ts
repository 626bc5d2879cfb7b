import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { moveClassesLast, normalizeProbabilities, smoothLabels } from './labels.js';
import { optionRules } from './option-rules.js';
import { createPairedLoss } from './paired-loss.js';

export interface CategoricalCrossentropyOptions extends LossOptions {
  /** Whether the model's outputs are logits, without a softmax. @default false */
  readonly fromLogits?: boolean;
  /** From 0 to 1: moves the labels that far towards 1 / classes. @default 0 */
  readonly labelSmoothing?: number;
  /** The axis of the classes. @default -1 */
  readonly axis?: number;
}

/**
 * Keras' CategoricalCrossentropy: -sum(yTrue · log(yPred)) over the classes. Targets are one-hot; use
 * `sparseCategoricalCrossentropy` for class numbers.
 *
 * Probabilities are divided by their sum and clipped to 1e-7 … 1 - 1e-7. yTrue and yPred are [batch, …,
 * classes]. The loss is [batch, …]: one value per sample.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 * @throws KEEPFIT_INVALID_DATA when the predictions lack the axis.
 */
export function categoricalCrossentropy(options: CategoricalCrossentropyOptions = {}): LossFunction {
  const { flag, fraction, axis: anAxis } = optionRules;
  checkLossOptions('categoricalCrossentropy', options, {
    fromLogits: flag,
    labelSmoothing: fraction,
    axis: anAxis,
  });
  const { fromLogits = false, labelSmoothing = 0, axis = -1 } = options;
  return withReduction(
    'categoricalCrossentropy',
    options,
    createPairedLoss('categoricalCrossentropy', (yTrue, yPred) => {
      const predictions = moveClassesLast(yPred, axis);
      const labels = smoothLabels(
        moveClassesLast(yTrue, axis),
        labelSmoothing,
        predictions.shape.at(-1) ?? 1,
      );
      const logarithms = fromLogits
        ? tf.logSoftmax(predictions)
        : tf.log(normalizeProbabilities(predictions));
      return tf.neg(tf.sum(tf.mul(labels, logarithms), -1));
    }),
  );
}
