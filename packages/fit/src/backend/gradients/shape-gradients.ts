import {
  add,
  type GradConfig,
  MirrorPad,
  type MirrorPadAttrs,
  pad,
  reshape,
  reverse,
  slice,
  sum,
  type Tensor,
  type Tensor3D,
  Tile,
  type TileAttrs,
} from '@tensorflow/tfjs-core';
import { alongAxis } from './along-axis.js';
import { gradientOf } from './gradient-of.js';

/** tfjs drops the gradient of what mirrorPad mirrored; tile's stops at rank 4, and adds up slice by slice. */
export const shapeGradients: readonly GradConfig[] = [
  gradientOf<MirrorPadAttrs>(MirrorPad, { inputsToSave: [] }, (dy, _, { paddings, mode }) => ({
    x: () =>
      paddings.reduce(
        (sums, sides, axis) =>
          sides[0] + sides[1] === 0 ? sums : alongAxis(sums, axis, (x) => folded(x, sides, mode)),
        dy,
      ),
  })),
  gradientOf<TileAttrs>(Tile, { inputsToSave: [] }, (dy, _, { reps }) => ({
    x: () =>
      reps.reduce(
        (sums, times, axis) =>
          times === 1 ? sums : alongAxis(sums, axis, (x, length) => addedUp(x, length, times)),
        dy,
      ),
  })),
];

/** The two mirrored ends added to the cells that they are copies of. */
function folded(x: Tensor3D, [left, right]: readonly [number, number], mode: MirrorPadAttrs['mode']): Tensor {
  const [before, length, after] = x.shape;
  const inputs = length - left - right;
  // The outermost cell is the axis of the mirror, and has no copy.
  const skip = mode === 'reflect' ? 1 : 0;
  const part = (begin: number, size: number): Tensor3D => slice(x, [0, begin, 0], [before, size, after]);
  const at = (end: Tensor3D, begin: number): Tensor =>
    pad(reverse(end, 1), [
      [0, 0],
      [begin, inputs - begin - end.shape[1]],
      [0, 0],
    ]);
  let sums: Tensor = part(left, inputs);
  if (left > 0) sums = add(sums, at(part(0, left), skip));
  if (right > 0) sums = add(sums, at(part(left + inputs, right), inputs - skip - right));
  return sums;
}

function addedUp(x: Tensor3D, length: number, times: number): Tensor {
  const [before, , after] = x.shape;
  return sum(reshape(x, [before, times, (length / times) * after]), 1);
}
