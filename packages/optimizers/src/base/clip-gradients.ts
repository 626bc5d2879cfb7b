import * as tf from '@tensorflow/tfjs-core';
import type { UpdateOps } from '../update/update-ops.js';
import type { OptimizerOptions } from './options.js';

/** Clips one gradient. */
export type Clip = <Value>(ops: UpdateOps<Value>, gradient: Value) => Value;

/** How to clip each of the gradients of a step, as Keras does. */
export function createClips(
  { clipnorm, clipvalue, globalClipnorm }: OptimizerOptions,
  gradients: readonly tf.Tensor[],
): readonly Clip[] {
  if (clipnorm) {
    return gradients.map((gradient) => {
      const norm = tf.maximum(tf.sqrt(squaredNorm(gradient)), clipnorm) as tf.Scalar;
      return (ops, value) => ops.div(ops.mul(value, clipnorm), norm);
    });
  }
  if (globalClipnorm) {
    const norm = tf.sqrt(tf.sum(tf.stack(gradients.map(squaredNorm))));
    const scale = tf.mul(tf.minimum(tf.div(1, norm), 1 / globalClipnorm), globalClipnorm);
    // An infinite norm makes the factor NaN, which shows, and not 0, which does not.
    const shown = tf.add(scale, tf.sub(norm, norm)) as tf.Scalar;
    return gradients.map(() => (ops, value) => ops.mul(value, shown));
  }
  if (clipvalue) return gradients.map(() => (ops, value) => ops.min(ops.max(value, -clipvalue), clipvalue));
  return gradients.map(() => (_, value) => value);
}

function squaredNorm(gradient: tf.Tensor): tf.Scalar {
  return tf.sum(tf.mul(gradient, gradient));
}
