import { broadcast_util, reshape, sum, type Tensor, util } from '@tensorflow/tfjs-core';

/** The gradient of an input that was broadcast: summed over the axes that it was repeated along. */
export function sumToShape(gradient: Tensor, shape: number[]): Tensor {
  if (util.arraysEqual(gradient.shape, shape)) return gradient;
  const axes = broadcast_util.getReductionAxes(shape, gradient.shape);
  return reshape(axes.length > 0 ? sum(gradient, axes) : gradient, shape);
}
