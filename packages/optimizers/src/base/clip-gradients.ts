import * as tf from '@tensorflow/tfjs-core';
import type { UpdateOps } from '../update/update-ops.js';
import type { OptimizerOptions } from './options.js';

/** Clips one gradient: `value` is the gradient, or stands for it in an elementwise update. */
export type Clip = <Value>(ops: UpdateOps<Value>, value: Value, gradient: tf.Tensor) => Value;

/** How to clip the gradients of a step, as Keras does. */
export function createClip(
  { clipnorm, clipvalue, globalClipnorm }: OptimizerOptions,
  gradients: readonly tf.Tensor[],
): Clip {
  if (clipnorm)
    return (ops, value, gradient) => {
      const norm = tf.maximum(tf.sqrt(squaredNorm(gradient)), clipnorm) as tf.Scalar;
      return ops.div(ops.mul(value, clipnorm), norm);
    };
  if (globalClipnorm) {
    const norm = tf.sqrt(tf.sum(tf.stack(gradients.map(squaredNorm))));
    const scale = tf.mul(tf.minimum(tf.div(1, norm), 1 / globalClipnorm), globalClipnorm);
    // With an infinite norm the factor is NaN, so that the fault shows. A factor of 0 would hide it.
    const factor = tf.add(scale, tf.sub(norm, norm)) as tf.Scalar;
    return (ops, value) => ops.mul(value, factor);
  }
  return (ops, value) => (clipvalue ? ops.min(ops.max(value, -clipvalue), clipvalue) : value);
}

function squaredNorm(gradient: tf.Tensor): tf.Scalar {
  return tf.sum(tf.mul(gradient, gradient));
}
