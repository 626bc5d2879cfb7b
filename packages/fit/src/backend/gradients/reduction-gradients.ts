import {
  backend_util,
  cast,
  Cumsum,
  type CumsumAttrs,
  cumprod,
  cumsum,
  div,
  equal,
  type GradConfig,
  Max,
  type MaxAttrs,
  Min,
  type MinAttrs,
  mul,
  Prod,
  type ProdAttrs,
  reshape,
  scalar,
  sum,
  type Tensor,
  transpose,
  util,
} from '@tensorflow/tfjs-core';
import { gradientOf } from './gradient-of.js';

const save = { inputsToSave: ['x'], outputsToSave: [true] };

/**
 * tfjs gives the whole gradient to each of several equal maxima; here they share it, as in TensorFlow. It turns the axes of cumsum's
 * gradient round, unless the last one was summed. Its prod needs tfjs' chained ops, and no negative axis.
 */
export const reductionGradients: readonly GradConfig[] = [
  gradientOf<MaxAttrs>(Max, save, (dy, saved, { reductionIndices }) =>
    ofExtremum(dy, saved, reductionIndices),
  ),
  gradientOf<MinAttrs>(Min, save, (dy, saved, { axis }) => ofExtremum(dy, saved, axis)),
  gradientOf<CumsumAttrs>(Cumsum, { inputsToSave: [] }, (dy, _, { axis, exclusive, reverse }) => ({
    x: () => cumsum(dy, axis, exclusive, !reverse),
  })),
  gradientOf<ProdAttrs>(Prod, { inputsToSave: ['x'] }, (dy, saved, { axis }) => {
    const [x] = saved as [Tensor];
    return { x: () => ofProduct(dy, x, util.parseAxisParam(axis, x.shape)) };
  }),
];

function ofExtremum(
  dy: Tensor,
  saved: readonly Tensor[],
  given: number | number[],
): Record<string, () => Tensor> {
  const [x, y] = saved as [Tensor, Tensor];
  const axes = util.parseAxisParam(given, x.shape);
  const kept = keptShape(x.shape, axes);
  return {
    x: () => {
      // Times 1, for on WebGPU a bool that is cast stays an integer in memory, which a sum stumbles over.
      const reached = mul(cast(equal(x, reshape(y, kept)), dy.dtype), scalar(1));
      return mul(div(reshape(dy, kept), sum(reached, axes, true)), reached);
    },
  };
}

/** The product of all others, from before and from behind: right where one of them is 0. */
function ofProduct(dy: Tensor, x: Tensor, axes: number[]): Tensor {
  const others = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...others, ...axes];
  const last = transpose(x, order);
  const rows = reshape(last, [-1, util.sizeFromShape(axes.map((axis) => x.shape[axis] ?? 1))]);
  const product = mul(cumprod(rows, 1, true, false), cumprod(rows, 1, true, true));
  return transpose(
    reshape(mul(product, reshape(dy, [-1, 1])), last.shape),
    backend_util.getUndoAxesPermutation(order),
  );
}

function keptShape(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
}
