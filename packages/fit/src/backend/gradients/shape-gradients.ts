import * as tf from '@tensorflow/tfjs-core';
import { changeAxis } from './axes.js';
import { defineGradient } from './define-gradient.js';

/**
 * tfjs drops the gradient of the cells that mirrorPad mirrored. Its gradient of tile stops at rank 4, and
 * adds up slice by slice.
 */
export const shapeGradients: readonly tf.GradConfig[] = [
  defineGradient<tf.MirrorPadAttrs>(tf.MirrorPad, { inputsToSave: [] }, (dy, _, { paddings, mode }) => ({
    x: () =>
      paddings.reduce(
        (sums, sides, axis) =>
          sides[0] + sides[1] === 0 ? sums : changeAxis(sums, axis, (x) => foldMirrored(x, sides, mode)),
        dy,
      ),
  })),
  defineGradient<tf.TileAttrs>(tf.Tile, { inputsToSave: [] }, (dy, _, { reps }) => ({
    x: () =>
      reps.reduce(
        (sums, times, axis) =>
          times === 1 ? sums : changeAxis(sums, axis, (x, length) => addRepeats(x, length, times)),
        dy,
      ),
  })),
];

/** Adds the two mirrored ends to the cells of which they are copies. */
function foldMirrored(
  x: tf.Tensor3D,
  [left, right]: readonly [number, number],
  mode: tf.MirrorPadAttrs['mode'],
): tf.Tensor {
  const [before, length, after] = x.shape;
  const inputs = length - left - right;
  // The outermost cell is the axis of the mirror, and has no copy.
  const skip = mode === 'reflect' ? 1 : 0;
  const part = (begin: number, size: number): tf.Tensor3D =>
    tf.slice(x, [0, begin, 0], [before, size, after]);
  const at = (end: tf.Tensor3D, begin: number): tf.Tensor =>
    tf.pad(tf.reverse(end, 1), [
      [0, 0],
      [begin, inputs - begin - end.shape[1]],
      [0, 0],
    ]);
  let sums: tf.Tensor = part(left, inputs);
  if (left > 0) sums = tf.add(sums, at(part(0, left), skip));
  if (right > 0) sums = tf.add(sums, at(part(left + inputs, right), inputs - skip - right));
  return sums;
}

function addRepeats(x: tf.Tensor3D, length: number, times: number): tf.Tensor {
  const [before, , after] = x.shape;
  return tf.sum(tf.reshape(x, [before, times, (length / times) * after]), 1);
}
