import { checkOptions } from '@keepfit/callbacks/internal';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { asFloat } from './as-float.js';
import { classesLast } from './classes-last.js';
import { EPSILON } from './epsilon.js';
import { optionRules } from './option-rules.js';
import { sparseLabels } from './sparse-labels.js';
import { oneHot } from './one-hot.js';

export interface SparseCategoricalCrossentropyOptions {
  /** Whether the model's outputs are logits, without a softmax.  @default false */
  readonly fromLogits?: boolean;
  /** A class number, for instance of padding, whose samples do not count.  @default none */
  readonly ignoreClass?: number;
  /** The axis of the classes in the predictions.  @default -1 */
  readonly axis?: number;
}

/**
 * Keras' SparseCategoricalCrossentropy, for targets that are class numbers: [batch], [batch, 1] or, for predictions
 * [batch, time, classes], [batch, time]. A number that is no class gives NaN.
 *
 * With `ignoreClass`, ignored samples get 0, and the others are scaled so that the mean over all is the mean over those that count.
 */
export function sparseCategoricalCrossentropy(
  options: SparseCategoricalCrossentropyOptions = {},
): LossFunction {
  const { flag, integer, axis: anAxis } = optionRules;
  checkOptions('sparseCategoricalCrossentropy', options, {
    fromLogits: flag,
    ignoreClass: integer,
    axis: anAxis,
  });
  const { fromLogits = false, ignoreClass, axis = -1 } = options;
  return (yTrue, yPred) =>
    tf.tidy(() => {
      const predictions = classesLast(asFloat(yPred), axis);
      const labels = sparseLabels('sparseCategoricalCrossentropy', yTrue, predictions);
      const logits = fromLogits ? predictions : tf.log(tf.clipByValue(predictions, EPSILON, 1 - EPSILON));
      return ignoreClass === undefined
        ? entropies(labels, logits)
        : entropiesWithout(ignoreClass, labels, logits);
    });
}

function entropies(labels: Tensor, logits: Tensor): Tensor {
  const hits = oneHot(labels, logits.shape.at(-1) ?? 0);
  const logarithms = tf.sum(tf.mul(hits, tf.logSoftmax(logits)), -1);
  // Divided by 1, or by 0 where the label is no class: a wrong label must not pass as a loss of 0.
  return tf.neg(tf.div(logarithms, tf.sum(hits, -1)));
}

function entropiesWithout(ignoreClass: number, labels: Tensor, logits: Tensor): Tensor {
  const counts = tf.notEqual(labels, ignoreClass);
  const known = tf.where(counts, labels, tf.zerosLike(labels));
  const mask = tf.cast(counts, 'float32');
  const scale = tf.divNoNan(mask.size, tf.sum(mask));
  return tf.mul(tf.mul(entropies(known, logits), mask), scale);
}
