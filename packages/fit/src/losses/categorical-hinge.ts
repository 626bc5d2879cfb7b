import { checkOptions } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LossFunction } from '../contract/loss.js';
import { createPairedLoss } from './paired-loss.js';
import { raiseTo } from './tensors.js';

/** Keras' CategoricalHinge: max(1 + max((1 - yTrue) · yPred) - sum(yTrue · yPred), 0) over the last axis. Targets are one-hot. */
export function categoricalHinge(options: Record<string, never> = {}): LossFunction {
  checkOptions('categoricalHinge', options, {});
  return createPairedLoss('categoricalHinge', (yTrue, yPred) => {
    const right = tf.sum(tf.mul(yTrue, yPred), -1);
    const bestWrong = takeLastAxisMax(tf.mul(tf.sub(1, yTrue), yPred));
    return raiseTo(tf.add(tf.sub(bestWrong, right), 1), 0);
  });
}

/**
 * The maximum along the last axis. Its gradient is shared among equal maxima as in TensorFlow; tfjs' own of `max` counts each
 * in full, which is wrong wherever predictions begin as all zeros.
 */
const takeLastAxisMax = (x: Tensor): Tensor => createLastAxisMax()(x);

function createLastAxisMax(): (x: Tensor) => Tensor {
  return tf.customGrad((x, save) => {
    const input = x as Tensor;
    const value = tf.max(input, -1);
    (save as tf.GradSaveFunc)([input, value]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => shareGradient(dy, ...(saved as [Tensor, Tensor])),
    };
  });
}

function shareGradient(dy: Tensor, x: Tensor, value: Tensor): Tensor {
  const isMaximum = tf.cast(tf.equal(x, tf.expandDims(value, -1)), 'float32');
  return tf.mul(tf.expandDims(dy, -1), tf.div(isMaximum, tf.sum(isMaximum, -1, true)));
}
