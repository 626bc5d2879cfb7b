import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from './define-gradient.js';

/** The gradient of an input that was broadcast: summed over the axes along which the input was repeated. */
export function sumToShape(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  if (tf.util.arraysEqual(gradient.shape, shape)) return gradient;
  const added = gradient.rank - shape.length;
  const axes = gradient.shape.flatMap((length, axis) =>
    axis < added || (shape[axis - added] === 1 && length !== 1) ? [axis] : [],
  );
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape);
}

/**
 * The gradient of an input that was summed along `axes`: repeated along them. Returns a separate tensor, as
 * tfjs disposes each gradient.
 */
export function repeatAlong(gradient: tf.Tensor, shape: number[], axes: readonly number[]): tf.Tensor {
  // With this flag WebGPU tiles a small tensor in JavaScript, element by element. No backend tiles to nothing.
  const isSlow = tf.getBackend() === 'webgpu' && tf.env().getBool('WEBGPU_CPU_FORWARD');
  if (isSlow || shape.includes(0)) {
    const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
    return tf.mul(tf.reshape(gradient, kept), tf.fill(shape, 1));
  }
  let [repeated, after] = [gradient, 1];
  // The innermost axes come first, so that only the last result is large. Axes side by side are one axis.
  for (let end = shape.length; end > 0;) {
    const isSummed = axes.includes(end - 1);
    let [begin, length] = [end, 1];
    while (begin > 0 && axes.includes(begin - 1) === isSummed) length *= shape[--begin] ?? 1;
    if (isSummed && length > 1) {
      const rows = runKernel(tf.Reshape, { x: repeated }, { shape: [repeated.size / after, 1, after] });
      repeated = runKernel(tf.Tile, { x: rows }, { reps: [1, length, 1] });
    }
    after *= length;
    end = begin;
  }
  return runKernel(tf.Reshape, { x: repeated }, { shape });
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
