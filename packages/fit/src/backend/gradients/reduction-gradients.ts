import * as tf from '@tensorflow/tfjs-core';
import { repeatAlong } from './axes.js';
import { defineGradient, runKernel } from './define-gradient.js';

const save = { inputsToSave: ['x'], outputsToSave: [true] };

/**
 * tfjs gives the whole gradient to each of several equal maxima; here they share it, as in TensorFlow. tfjs
 * reorders the axes of cumsum's gradient unless the last axis was summed. Its prod needs tfjs' chained ops,
 * and takes no negative axis. For a sum or mean tfjs writes ones of the input's shape in JavaScript, to
 * multiply them; the bits here are the same.
 */
export const reductionGradients: readonly tf.GradConfig[] = [
  defineGradient<tf.SumAttrs>(tf.Sum, { inputsToSave: ['x'] }, (dy, saved, { axis }) => {
    const [x] = saved as [tf.Tensor];
    return { x: () => repeatAlong(dy, x.shape, tf.util.parseAxisParam(axis, x.shape)) };
  }),
  defineGradient<tf.MeanAttrs>(tf.Mean, { inputsToSave: ['x'] }, (dy, saved, { axis }) => {
    const [x] = saved as [tf.Tensor];
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const count = tf.util.sizeFromShape(axes.map((at) => x.shape[at] ?? 1));
    return {
      x: () => repeatAlong(runKernel(tf.RealDiv, { a: dy, b: tf.scalar(count) }), x.shape, axes),
    };
  }),
  defineGradient<tf.MaxAttrs>(tf.Max, save, (dy, saved, { reductionIndices }) =>
    differentiateExtremum(dy, saved, reductionIndices),
  ),
  defineGradient<tf.MinAttrs>(tf.Min, save, (dy, saved, { axis }) => differentiateExtremum(dy, saved, axis)),
  defineGradient<tf.CumsumAttrs>(tf.Cumsum, { inputsToSave: [] }, (dy, _, { axis, exclusive, reverse }) => ({
    x: () => tf.cumsum(dy, axis, exclusive, !reverse),
  })),
  defineGradient<tf.ProdAttrs>(tf.Prod, { inputsToSave: ['x'] }, (dy, saved, { axis }) => {
    const [x] = saved as [tf.Tensor];
    return { x: () => differentiateProduct(dy, x, tf.util.parseAxisParam(axis, x.shape)) };
  }),
];

function differentiateExtremum(
  dy: tf.Tensor,
  saved: readonly tf.Tensor[],
  given: number | number[],
): Record<string, () => tf.Tensor> {
  const [x, y] = saved as [tf.Tensor, tf.Tensor];
  const axes = tf.util.parseAxisParam(given, x.shape);
  const kept = keepAxes(x.shape, axes);
  return {
    x: () => {
      // Times 1, because on WebGPU a bool that is cast stays an integer in memory, and sums of it are wrong.
      const reached = tf.mul(tf.cast(tf.equal(x, tf.reshape(y, kept)), dy.dtype), tf.scalar(1));
      return tf.mul(tf.div(tf.reshape(dy, kept), tf.sum(reached, axes, true)), reached);
    },
  };
}

/**
 * The product of all other values, by running products from both ends: it is right even if one of them is 0.
 */
function differentiateProduct(dy: tf.Tensor, x: tf.Tensor, axes: number[]): tf.Tensor {
  const others = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...others, ...axes];
  const last = tf.transpose(x, order);
  const rows = tf.reshape(last, [-1, tf.util.sizeFromShape(axes.map((axis) => x.shape[axis] ?? 1))]);
  const product = tf.mul(tf.cumprod(rows, 1, true, false), tf.cumprod(rows, 1, true, true));
  return tf.transpose(
    tf.reshape(tf.mul(product, tf.reshape(dy, [-1, 1])), last.shape),
    tf.backend_util.getUndoAxesPermutation(order),
  );
}

function keepAxes(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
}
