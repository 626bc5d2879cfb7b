import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import { EPSILON } from './tensors.js';

/**
 * Returns class numbers as int32, in the shape of `yPred` without its last axis. `yTrue` may have an extra
 * last axis of length 1.
 *
 * @throws KEEPFIT_INVALID_DATA when the shapes do not match, or when there are fewer than two classes.
 */
export function toClassNumbers(owner: string, yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor {
  const wanted = yPred.shape.slice(0, -1);
  const isTrailing = yTrue.rank === yPred.rank && yTrue.shape.at(-1) === 1;
  const found = isTrailing ? yTrue.shape.slice(0, -1) : yTrue.shape;
  if (!tf.util.arraysEqual(found, wanted)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${owner} needs class numbers of shape [${wanted}] for predictions [${yPred.shape}], not [${yTrue.shape}]; ` +
        'use the categorical loss or metric for one-hot targets',
    );
  }
  if ((yPred.shape.at(-1) ?? 0) < 2) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${owner} needs predictions of two classes or more, not of shape [${yPred.shape}]`,
    );
  }
  return tf.cast(isTrailing ? tf.squeeze(yTrue, [-1]) : yTrue, 'int32');
}

/** Moves labels by `smoothing` towards `1 / classes`, the same for every class. */
export function smoothLabels(yTrue: tf.Tensor, smoothing: number, classes: number): tf.Tensor {
  return smoothing === 0 ? yTrue : tf.add(tf.mul(yTrue, 1 - smoothing), smoothing / classes);
}

/**
 * Turns labels 0 and 1 into -1 and 1 if the batch holds nothing else; other labels stay. The device decides,
 * without a read.
 */
export function signLabels(yTrue: tf.Tensor): tf.Tensor {
  const isBinary = tf.cast(tf.all(tf.logicalOr(tf.equal(yTrue, 0), tf.equal(yTrue, 1))), 'float32');
  return tf.sub(tf.mul(yTrue, tf.add(isBinary, 1)), isBinary);
}

/**
 * Moves `axis` to the end; returns the same tensor if it is there already.
 *
 * @throws KEEPFIT_INVALID_DATA when the tensor has no such axis.
 */
export function moveClassesLast(tensor: tf.Tensor, axis: number): tf.Tensor {
  const from = axis < 0 ? tensor.rank + axis : axis;
  if (from === tensor.rank - 1) return tensor;
  if (from < 0 || from >= tensor.rank) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `axis ${axis} is outside predictions of shape [${tensor.shape}]`,
    );
  }
  const others = tensor.shape.map((_, index) => index).filter((index) => index !== from);
  return tf.transpose(tensor, [...others, from]);
}

/** Divides probabilities by their sum over the last axis, then clips them to 1e-7 … 1 - 1e-7. */
export function normalizeProbabilities(probabilities: tf.Tensor): tf.Tensor {
  return tf.clipByValue(tf.div(probabilities, tf.sum(probabilities, -1, true)), EPSILON, 1 - EPSILON);
}

/**
 * -(y · log(p) + (1 - y) · log(1 - p)) of each label and probability, with probabilities clipped to 1e-7 … 1
 * - 1e-7.
 */
export function computeBinaryEntropies(labels: tf.Tensor, probabilities: tf.Tensor): tf.Tensor {
  const clipped = tf.clipByValue(probabilities, EPSILON, 1 - EPSILON);
  const ofOnes = tf.mul(labels, tf.log(clipped));
  const ofZeros = tf.mul(tf.sub(1, labels), tf.log(tf.sub(1, clipped)));
  return tf.neg(tf.add(ofOnes, ofZeros));
}

/**
 * The same of labels and logits. -log(sigmoid(x)) is softplus(-x): accurate for large logits of either sign, and with
 * the right gradient at 0.
 */
export function computeLogitEntropies(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  const ofOnes = tf.mul(labels, tf.softplus(tf.neg(logits)));
  const ofZeros = tf.mul(tf.sub(1, labels), tf.softplus(logits));
  return tf.add(ofOnes, ofZeros);
}
