import { broadcast_util, reshape, sum, type Tensor, type Tensor3D, util } from '@tensorflow/tfjs-core';

/** The gradient of an input that was broadcast: summed over the axes that it was repeated along. */
export function sumToShape(gradient: Tensor, shape: number[]): Tensor {
  if (util.arraysEqual(gradient.shape, shape)) return gradient;
  const axes = broadcast_util.getReductionAxes(shape, gradient.shape);
  return reshape(axes.length > 0 ? sum(gradient, axes) : gradient, shape);
}

/**
 * Applies `change` to one axis of a tensor of any rank, which it sees as the middle one of three: GPU backends have no kernels for many
 * axes. It may change the length of that axis.
 */
export function changeAxis(x: Tensor, axis: number, change: (x: Tensor3D, length: number) => Tensor): Tensor {
  const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const [before, length, after] = [countCells(outer), x.shape[axis] ?? 1, countCells(inner)];
  const changed = change(reshape(x, [before, length, after]), length);
  return reshape(changed, [...outer, changed.size / (before * after), ...inner]);
}

function countCells(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
