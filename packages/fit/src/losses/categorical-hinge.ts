import * as tf from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { checkLossOptions, type LossOptions, withReduction } from './loss-options.js';
import { createPairedLoss } from './paired-loss.js';
import { raiseTo } from './tensors.js';

/**
 * Keras' CategoricalHinge: max(1 + max((1 - yTrue) · yPred) - sum(yTrue · yPred), 0) over the last axis.
 * Targets are one-hot.
 *
 * yTrue and yPred are [batch, …, classes]. The loss is [batch, …]: one value per sample.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_INVALID_DATA when the loss is called with shapes that differ.
 */
export function categoricalHinge(options: LossOptions = {}): LossFunction {
  checkLossOptions('categoricalHinge', options, {});
  return withReduction(
    'categoricalHinge',
    options,
    createPairedLoss('categoricalHinge', (yTrue, yPred) => {
      const right = tf.sum(tf.mul(yTrue, yPred), -1);
      const bestWrong = takeLastAxisMax(tf.mul(tf.sub(1, yTrue), yPred));
      return raiseTo(tf.add(tf.sub(bestWrong, right), 1), 0);
    }),
  );
}

/**
 * The maximum along the last axis. Equal maxima share its gradient, as in TensorFlow. tfjs' own gradient of
 * `max` gives each of them the whole, which is wrong wherever predictions begin as all zeros.
 */
const takeLastAxisMax = (x: tf.Tensor): tf.Tensor => createLastAxisMax()(x);

function createLastAxisMax(): (x: tf.Tensor) => tf.Tensor {
  return tf.customGrad((x, save) => {
    const input = x as tf.Tensor;
    const value = tf.max(input, -1);
    (save as tf.GradSaveFunc)([input, value]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        shareGradient(dy, ...(saved as [tf.Tensor, tf.Tensor])),
    };
  });
}

function shareGradient(dy: tf.Tensor, x: tf.Tensor, value: tf.Tensor): tf.Tensor {
  const isMaximum = tf.cast(tf.equal(x, tf.expandDims(value, -1)), 'float32');
  return tf.mul(tf.expandDims(dy, -1), tf.div(isMaximum, tf.sum(isMaximum, -1, true)));
}
