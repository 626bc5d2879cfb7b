import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** |x| with the gradient sign(x), thus 0 at 0 as in TensorFlow. That of `tf.abs` is -1 there, which moves a weight that is right. */
export const magnitude = (x: Tensor): Tensor => gradientOfMagnitude()(x);

function gradientOfMagnitude(): (x: Tensor) => Tensor {
  return tf.customGrad((x, save) => {
    const input = x as Tensor;
    (save as tf.GradSaveFunc)([input]);
    return {
      value: tf.abs(input),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(dy, tf.sign(saved as Tensor)),
    };
  });
}
