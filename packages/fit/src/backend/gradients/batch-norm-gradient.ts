import * as tf from '@tensorflow/tfjs-core';
import { defineGradient } from './define-gradient.js';
import { sumToShape } from './axes.js';

/**
 * tfjs' gradient throws if the means have the input's rank, as they do for every axis but the last. It also
 * copies the means over the whole input.
 */
export const batchNormGradient: tf.GradConfig = defineGradient<tf.FusedBatchNormAttrs>(
  tf.FusedBatchNorm,
  { inputsToSave: ['x', 'mean', 'variance', 'scale'] },
  (dy, saved, { varianceEpsilon }) => {
    const [x, mean, variance, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const inverse = tf.rsqrt(tf.add(variance, tf.scalar(varianceEpsilon)));
    const centred = (): tf.Tensor => tf.sub(x, mean);
    const scaled = (): tf.Tensor => tf.mul(dy, scale);
    return {
      x: () => tf.mul(tf.mul(dy, inverse), scale),
      mean: () => sumToShape(tf.mul(tf.neg(inverse), scaled()), mean.shape),
      variance: () =>
        sumToShape(
          tf.mul(
            tf.mul(tf.mul(tf.mul(tf.mul(inverse, inverse), inverse), tf.scalar(-0.5)), centred()),
            scaled(),
          ),
          variance.shape,
        ),
      scale: () => sumToShape(tf.mul(dy, tf.mul(centred(), inverse)), scale.shape),
      // The offset is not saved, but has the shape of the means.
      offset: () => sumToShape(dy, mean.shape),
    };
  },
);
