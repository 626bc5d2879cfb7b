import * as tf from '@tensorflow/tfjs-core';

/** The gradient of an input that was broadcast: summed over the axes along which the input was repeated. */
export function sumToShape(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  if (tf.util.arraysEqual(gradient.shape, shape)) return gradient;
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape);
}

/**
 * Applies `change` to one axis of a tensor of any rank. `change` sees that axis as the middle one of three
 * because GPU backends lack kernels for many axes. It may change the length of the axis.
 */
export function changeAxis(
  x: tf.Tensor,
  axis: number,
  change: (x: tf.Tensor3D, length: number) => tf.Tensor,
): tf.Tensor {
  const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const [before, length, after] = [countCells(outer), x.shape[axis] ?? 1, countCells(inner)];
  const changed = change(tf.reshape(x, [before, length, after]), length);
  return tf.reshape(changed, [...outer, changed.size / (before * after), ...inner]);
}

function countCells(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
