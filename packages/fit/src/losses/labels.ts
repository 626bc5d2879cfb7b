import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { EPSILON } from './tensors.js';

/**
 * Class numbers as int32, of the shape of `yPred` without its last axis; `yTrue` may have a last axis of length 1 beside.
 * Throws KEEPFIT_INVALID_DATA for other shapes, and where there are fewer than two classes.
 */
export function toClassNumbers(owner: string, yTrue: Tensor, yPred: Tensor): Tensor {
  const wanted = yPred.shape.slice(0, -1);
  const isTrailing = yTrue.rank === yPred.rank && yTrue.shape.at(-1) === 1;
  const found = isTrailing ? yTrue.shape.slice(0, -1) : yTrue.shape;
  if (!tf.util.arraysEqual(found, wanted)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${owner} needs class numbers of shape [${wanted}] for predictions [${yPred.shape}], not [${yTrue.shape}]; ` +
        'for one-hot targets there is the categorical one',
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

/** Labels moved by `smoothing` towards `1 / classes`, the same for every class. */
export function smoothLabels(yTrue: Tensor, smoothing: number, classes: number): Tensor {
  return smoothing === 0 ? yTrue : tf.add(tf.mul(yTrue, 1 - smoothing), smoothing / classes);
}

/** Labels 0 and 1 as -1 and 1, where the batch holds nothing else; other labels as they are. Decided on the device. */
export function signLabels(yTrue: Tensor): Tensor {
  const isBinary = tf.cast(tf.all(tf.logicalOr(tf.equal(yTrue, 0), tf.equal(yTrue, 1))), 'float32');
  return tf.sub(tf.mul(yTrue, tf.add(isBinary, 1)), isBinary);
}

/** The tensor with `axis` moved to the end; the same one where it is there. */
export function moveClassesLast(tensor: Tensor, axis: number): Tensor {
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

/** Probabilities made to add up to 1 over the last axis, then clipped to 1e-7 … 1 - 1e-7. */
export function normalizeProbabilities(probabilities: Tensor): Tensor {
  return tf.clipByValue(tf.div(probabilities, tf.sum(probabilities, -1, true)), EPSILON, 1 - EPSILON);
}

/** -(y · log(p) + (1 - y) · log(1 - p)) of each label and probability, probabilities clipped to 1e-7 … 1 - 1e-7. */
export function computeBinaryEntropies(labels: Tensor, probabilities: Tensor): Tensor {
  const clipped = tf.clipByValue(probabilities, EPSILON, 1 - EPSILON);
  const ofOnes = tf.mul(labels, tf.log(clipped));
  const ofZeros = tf.mul(tf.sub(1, labels), tf.log(tf.sub(1, clipped)));
  return tf.neg(tf.add(ofOnes, ofZeros));
}
