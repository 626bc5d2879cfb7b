import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withOptions } from './loss-options.js';
import { moveClassesLast, toClassNumbers } from './labels.js';
import { optionRules } from './option-rules.js';
import { toFloat, EPSILON, encodeOneHot } from './tensors.js';
import { isMean } from './weighted-mean.js';

export interface SparseCategoricalCrossentropyOptions extends LossOptions {
  /** Whether the model's outputs are logits, without a softmax. @default false */
  readonly fromLogits?: boolean;
  /** A class number, for instance that of padding, whose samples do not count. @default none */
  readonly ignoreClass?: number;
  /** The axis of the classes in the predictions. @default -1 */
  readonly axis?: number;
}

/**
 * Keras' SparseCategoricalCrossentropy: -log of the probability given to the right class, for targets that
 * are class numbers.
 *
 * Targets are [batch] or [batch, 1] for predictions [batch, classes], and [batch, time] for [batch, time,
 * classes]. A number that is no class gives NaN. Probabilities are clipped to 1e-7 … 1 - 1e-7.
 *
 * With `ignoreClass`, ignored samples get 0, and the others are scaled so that the mean over all is the mean
 * over those that count. With the other reductions they are not scaled.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that do not match, or with fewer than two
 * classes.
 */
export function sparseCategoricalCrossentropy(
  options: SparseCategoricalCrossentropyOptions = {},
): LossFunction {
  const { flag, integer, axis: anAxis } = optionRules;
  checkLossOptions('sparseCategoricalCrossentropy', options, {
    fromLogits: flag,
    ignoreClass: integer,
    axis: anAxis,
  });
  const { fromLogits = false, ignoreClass, axis = -1, reduction } = options;
  const settings = { ...options, fromLogits, axis };
  const readLabels = (yTrue: tf.Tensor, yPred: tf.Tensor) => {
    const predictions = moveClassesLast(toFloat(yPred), axis);
    return { predictions, labels: toClassNumbers('sparseCategoricalCrossentropy', yTrue, predictions) };
  };
  const compute = (labels: tf.Tensor, predictions: tf.Tensor) =>
    computeEntropies(
      labels,
      fromLogits ? predictions : tf.log(tf.clipByValue(predictions, EPSILON, 1 - EPSILON)),
    );
  if (ignoreClass === undefined) {
    const loss: LossFunction = (yTrue, yPred) =>
      tf.tidy(() => {
        const { predictions, labels } = readLabels(yTrue, yPred);
        return compute(labels, predictions);
      });
    return withOptions(
      'sparseCategoricalCrossentropy',
      settings,
      Object.assign(loss, { readsClassNumbers: true }),
    );
  }
  const loss: LossFunction = (yTrue, yPred) =>
    tf.tidy(() => {
      const { predictions, labels } = readLabels(yTrue, yPred);
      // As in Keras, not even NaN counts in what is ignored, nor in its gradient.
      const counts = tf.notEqual(labels, ignoreClass);
      const known = tf.where(counts, labels, tf.zerosLike(labels));
      const used = tf.where(tf.expandDims(counts, -1), predictions, tf.zerosLike(predictions));
      return tf.mul(compute(known, used), tf.cast(counts, 'float32'));
    });
  const mask = (yTrue: tf.Tensor, yPred: tf.Tensor) =>
    tf.tidy(() => tf.cast(tf.notEqual(readLabels(yTrue, yPred).labels, ignoreClass), 'float32'));
  const unscaled = Object.assign(loss, { readsClassNumbers: true, mask, isMaskOfTargets: true });
  if (!isMean(reduction)) return withOptions('sparseCategoricalCrossentropy', settings, unscaled);
  const scaled: LossFunction = (yTrue, yPred) =>
    tf.tidy(() => {
      const counts = mask(yTrue, yPred);
      return tf.mul(loss(yTrue, yPred), tf.divNoNan(counts.size, tf.sum(counts)));
    });
  return withOptions(
    'sparseCategoricalCrossentropy',
    settings,
    Object.assign(scaled, { readsClassNumbers: true, unscaled }),
  );
}

function computeEntropies(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  const hits = encodeOneHot(labels, logits.shape.at(-1) ?? 0);
  const logarithms = tf.logSoftmax(logits);
  // A product would be NaN for a class that is masked by -Infinity.
  const right = tf.sum(tf.where(tf.cast(hits, 'bool'), logarithms, tf.zerosLike(logarithms)), -1);
  // The divisor is 1, or 0 if the label is no class: a wrong label must not pass as a loss of 0.
  return tf.neg(tf.div(right, tf.sum(hits, -1)));
}
