import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withOptions } from './loss-options.js';
import { computeBinaryEntropies, computeLogitEntropies, smoothLabels } from './labels.js';
import { optionRules } from './option-rules.js';
import { createPairedLoss } from './paired-loss.js';

export interface BinaryCrossentropyOptions extends LossOptions {
  /** Whether the model's outputs are logits, without a sigmoid. @default false */
  readonly fromLogits?: boolean;
  /** From 0 to 1: moves the labels that far towards 0.5. @default 0 */
  readonly labelSmoothing?: number;
  /** The axis over which the mean is taken. @default -1 */
  readonly axis?: number;
}

/**
 * Keras' BinaryCrossentropy: mean(-yTrue · log(yPred) - (1 - yTrue) · log(1 - yPred)) over an axis.
 *
 * Labels are 0 and 1, one or several a sample. Probabilities are clipped to 1e-7 … 1 - 1e-7. yTrue and yPred
 * have the same shape; the loss is that shape without the axis.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function binaryCrossentropy(options: BinaryCrossentropyOptions = {}): LossFunction {
  const { flag, fraction, axis: anAxis } = optionRules;
  checkLossOptions('binaryCrossentropy', options, {
    fromLogits: flag,
    labelSmoothing: fraction,
    axis: anAxis,
  });
  const { fromLogits = false, labelSmoothing = 0, axis = -1 } = options;
  return withOptions(
    'binaryCrossentropy',
    { ...options, fromLogits, labelSmoothing, axis },
    createPairedLoss('binaryCrossentropy', (yTrue, yPred) => {
      const labels = smoothLabels(yTrue, labelSmoothing, 2);
      const compute = fromLogits ? computeLogitEntropies : computeBinaryEntropies;
      return tf.mean(compute(labels, yPred), axis);
    }),
  );
}
