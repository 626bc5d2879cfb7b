import * as tf from '@tensorflow/tfjs-core';
import { defineGradient, runKernel } from './define-gradient.js';

/**
 * tfjs' kernels share an average's gradient among all cells of its window, also the cells in the padding,
 * which the average leaves out. Its gradient functions forget how the size of the output was rounded.
 */
export const poolGradients: readonly tf.GradConfig[] = [
  defineGradient<tf.AvgPoolAttrs>(tf.AvgPool, { inputsToSave: ['x'] }, (dy, saved, attrs) => {
    const [x] = saved as [tf.Tensor];
    const windows = getWindows2d(x, attrs);
    const padded = { ...attrs, pad: toExplicitPadding(attrs, windows) };
    return { x: () => runKernel(tf.AvgPoolGrad, { dy: raiseAtPadding(dy, windows), input: x }, padded) };
  }),
  defineGradient<tf.AvgPool3DAttrs>(tf.AvgPool3D, { inputsToSave: ['x'] }, (dy, saved, attrs) => {
    const [x] = saved as [tf.Tensor];
    return {
      x: () =>
        runKernel(tf.AvgPool3DGrad, { dy: raiseAtPadding(dy, getWindows3d(x, attrs)), input: x }, attrs),
    };
  }),
  defineGradient<tf.MaxPoolAttrs>(
    tf.MaxPool,
    { inputsToSave: ['x'], outputsToSave: [true] },
    (dy, saved, attrs) => {
      const [x, y] = saved as [tf.Tensor, tf.Tensor];
      const padded = { ...attrs, pad: toExplicitPadding(attrs, getWindows2d(x, attrs)) };
      return { x: () => runKernel(tf.MaxPoolGrad, { dy, input: x, output: y }, padded) };
    },
  ),
];

/** The windows along one axis of the input. */
interface Windows {
  readonly count: number;
  readonly size: number;
  readonly stride: number;
  /** The number of cells before the input's first. */
  readonly before: number;
  readonly inputs: number;
}

function getWindows2d(
  x: tf.Tensor,
  { filterSize, strides, pad, dimRoundingMode }: tf.AvgPoolAttrs,
): Windows[] {
  const info = tf.backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return [
    {
      count: info.outHeight,
      size: info.filterHeight,
      stride: info.strideHeight,
      before: info.padInfo.top,
      inputs: info.inHeight,
    },
    {
      count: info.outWidth,
      size: info.filterWidth,
      stride: info.strideWidth,
      before: info.padInfo.left,
      inputs: info.inWidth,
    },
  ];
}

function getWindows3d(
  x: tf.Tensor,
  { filterSize, strides, pad, dimRoundingMode }: tf.AvgPool3DAttrs,
): Windows[] {
  const shape = x.shape as [number, number, number, number, number];
  const info = tf.backend_util.computePool3DInfo(
    shape,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
    'NDHWC',
  );
  return [
    {
      count: info.outDepth,
      size: info.filterDepth,
      stride: info.strideDepth,
      before: info.padInfo.front,
      inputs: info.inDepth,
    },
    {
      count: info.outHeight,
      size: info.filterHeight,
      stride: info.strideHeight,
      before: info.padInfo.top,
      inputs: info.inHeight,
    },
    {
      count: info.outWidth,
      size: info.filterWidth,
      stride: info.strideWidth,
      before: info.padInfo.left,
      inputs: info.inWidth,
    },
  ];
}

/**
 * Raises the gradient of windows that reach into the padding, so that dividing it by all cells of the window
 * gives the share of a real cell.
 */
function raiseAtPadding(dy: tf.Tensor, windows: readonly Windows[]): tf.Tensor {
  const factors = windows.map(({ count, size, stride, before, inputs }) =>
    Array.from({ length: count }, (_, index) => {
      const begin = index * stride - before;
      return size / (Math.min(inputs, begin + size) - Math.max(0, begin));
    }),
  );
  if (factors.flat().every((factor) => factor === 1)) return dy;
  const all = factors.reduce(
    (products, axis) => products.flatMap((product) => axis.map((factor) => product * factor)),
    [1],
  );
  return tf.mul(dy, tf.tensor(all, [1, ...windows.map(({ count }) => count), 1], 'float32'));
}

/**
 * Returns the padding as explicit numbers that need no rounding if the op rounded; otherwise returns it
 * unchanged.
 */
function toExplicitPadding({ pad, dimRoundingMode }: tf.AvgPoolAttrs, windows: readonly Windows[]): unknown {
  if (dimRoundingMode === undefined || dimRoundingMode === 'floor') return pad;
  const sides = windows.map(({ count, size, stride, before, inputs }) => [
    before,
    (count - 1) * stride + size - inputs - before,
  ]);
  return [[0, 0], ...sides, [0, 0]];
}
