import { reshape, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';

/**
 * Applies `change` to one axis of a tensor of any rank, which it sees as the middle one of three: GPU backends have no kernels for many
 * axes. It may change the length of that axis.
 */
export function alongAxis(x: Tensor, axis: number, change: (x: Tensor3D, length: number) => Tensor): Tensor {
  const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const [before, length, after] = [size(outer), x.shape[axis] ?? 1, size(inner)];
  const changed = change(reshape(x, [before, length, after]), length);
  return reshape(changed, [...outer, changed.size / (before * after), ...inner]);
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
