import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { toClassNumbers } from './labels.js';
import { optionRules } from './option-rules.js';
import { toFloat, encodeOneHot } from './tensors.js';

export interface CategoricalGeneralizedCrossEntropyOptions extends LossOptions {
  /** Between 0 (the crossentropy) and 1 (the mean absolute error); both ends are excluded. @default 0.5 */
  readonly q?: number;
}

/**
 * Keras' CategoricalGeneralizedCrossEntropy, robust against wrong labels: (1 - p^q) / q; p is the probability
 * given to the right class.
 *
 * Targets are class numbers: [batch, …] or [batch, …, 1] for predictions [batch, …, classes]. The loss is
 * [batch, …].
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that do not match, or with fewer than two
 * classes.
 */
export function categoricalGeneralizedCrossEntropy(
  options: CategoricalGeneralizedCrossEntropyOptions = {},
): LossFunction {
  const between = (value: unknown): boolean => optionRules.fraction[0](value) && value !== 0 && value !== 1;
  checkLossOptions('categoricalGeneralizedCrossEntropy', options, {
    q: [between, 'a number between 0 and 1'],
  });
  const { q = 0.5 } = options;
  const loss: LossFunction = (yTrue, yPred) =>
    tf.tidy(() => {
      const predictions = toFloat(yPred);
      const labels = toClassNumbers('categoricalGeneralizedCrossEntropy', yTrue, predictions);
      const hits = encodeOneHot(labels, predictions.shape.at(-1) ?? 0);
      const right = tf.sum(tf.mul(predictions, hits), -1);
      return tf.div(tf.sub(1, tf.pow(right, q)), q);
    });
  return withReduction(
    'categoricalGeneralizedCrossEntropy',
    options,
    Object.assign(loss, { readsClassNumbers: true }),
  );
}
