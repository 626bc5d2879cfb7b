import * as tf from '@tensorflow/tfjs-core';
import { defineGradient } from './define-gradient.js';
import { sumToShape } from './axes.js';

const save = { inputsToSave: ['a', 'b'] };

/**
 * tfjs gives 0 · ∞ = NaN for x⁰ at 0, gives floorDiv (which has no slope) the slope of a division, and throws
 * for every comparison but greaterEqual.
 */
export const elementwiseGradients: readonly tf.GradConfig[] = [
  defineGradient(tf.Pow, { ...save, outputsToSave: [true] }, (dy, saved) => {
    const [a, b, y] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    return {
      a: () => sumToShape(differentiateBase(dy, a, tf.cast(b, 'float32')), a.shape),
      b: () => sumToShape(differentiateExponent(dy, a, y), b.shape),
    };
  }),
  ...[tf.FloorDiv, tf.Equal, tf.NotEqual, tf.Greater, tf.Less, tf.LessEqual].map((kernelName) =>
    defineGradient(kernelName, save, (_, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      return { a: () => tf.fill(a.shape, 0), b: () => tf.fill(b.shape, 0) };
    }),
  ),
];

function differentiateBase(dy: tf.Tensor, base: tf.Tensor, exponent: tf.Tensor): tf.Tensor {
  const slope = tf.mul(exponent, tf.pow(base, tf.sub(exponent, tf.scalar(1))));
  return tf.mul(dy, tf.where(tf.equal(exponent, 0), tf.zerosLike(slope), slope));
}

function differentiateExponent(dy: tf.Tensor, base: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return tf.mul(dy, tf.mul(y, tf.where(tf.greater(base, 0), tf.log(base), tf.zerosLike(base))));
}
