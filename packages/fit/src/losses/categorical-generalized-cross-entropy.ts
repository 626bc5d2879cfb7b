import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { asFloat } from './as-float.js';
import { optionRules } from './option-rules.js';
import { sparseLabels } from './sparse-labels.js';
import { oneHot } from './one-hot.js';

export interface CategoricalGeneralizedCrossEntropyOptions {
  /** Between 0, the crossentropy, and 1, the mean absolute error; both ends excluded.  @default 0.5 */
  readonly q?: number;
}

/**
 * Keras' CategoricalGeneralizedCrossEntropy, robust against wrong labels: (1 - p^q) / q, p being the probability given to the
 * right class. Targets are class numbers.
 */
export function categoricalGeneralizedCrossEntropy(
  options: CategoricalGeneralizedCrossEntropyOptions = {},
): LossFunction {
  const between = (value: unknown): boolean => optionRules.fraction[0](value) && value !== 0 && value !== 1;
  checkOptions('categoricalGeneralizedCrossEntropy', options, { q: [between, 'a number between 0 and 1'] });
  const { q = 0.5 } = options;
  return (yTrue, yPred) =>
    tf.tidy(() => {
      const predictions = asFloat(yPred);
      const labels = sparseLabels('categoricalGeneralizedCrossEntropy', yTrue, predictions);
      const hits = oneHot(labels, predictions.shape.at(-1) ?? 0);
      const right = tf.sum(tf.mul(predictions, hits), -1);
      return tf.div(tf.sub(1, tf.pow(right, q)), q);
    });
}
