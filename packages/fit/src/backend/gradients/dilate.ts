import * as tf from '@tensorflow/tfjs-core';
import { changeAxis } from './axes.js';

/** Puts rate - 1 zeros between the weights of a filter, along its first axes. */
export function dilate(filter: tf.Tensor, rates: readonly number[]): tf.Tensor {
  return changeEveryAxis(filter, rates, (x, length, rate) => {
    const [before, , after] = x.shape;
    const spread = tf.pad(tf.reshape(x, [before * length, 1, after]), [
      [0, 0],
      [0, rate - 1],
      [0, 0],
    ]);
    return tf.slice(
      tf.reshape(spread, [before, length * rate, after]),
      [0, 0, 0],
      [before, (length - 1) * rate + 1, after],
    );
  });
}

/** Takes the values at the weights of a dilated filter. */
export function undilate(filter: tf.Tensor, rates: readonly number[]): tf.Tensor {
  return changeEveryAxis(filter, rates, (x, length, rate) => {
    const [before, , after] = x.shape;
    const weights = (length - 1) / rate + 1;
    const whole = tf.pad(x, [
      [0, 0],
      [0, rate - 1],
      [0, 0],
    ]);
    return tf.slice(
      tf.reshape(whole, [before * weights, rate, after]),
      [0, 0, 0],
      [before * weights, 1, after],
    );
  });
}

export function dilateShape(shape: readonly number[], rates: readonly number[]): number[] {
  return shape.map((length, axis) => (length - 1) * (rates[axis] ?? 1) + 1);
}

function changeEveryAxis(
  filter: tf.Tensor,
  rates: readonly number[],
  change: (x: tf.Tensor3D, length: number, rate: number) => tf.Tensor,
): tf.Tensor {
  return rates.reduce(
    (changed, rate, axis) =>
      rate === 1 ? changed : changeAxis(changed, axis, (x, length) => change(x, length, rate)),
    filter,
  );
}
