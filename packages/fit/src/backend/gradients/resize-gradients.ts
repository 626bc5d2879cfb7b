import * as tf from '@tensorflow/tfjs-core';
import { changeAxis } from './axes.js';
import { defineGradient, runKernel } from './define-gradient.js';

const save = { inputsToSave: ['images'] };

/** tfjs' kernels ignore `halfPixelCenters` and give the gradient of another resize. */
export const resizeGradients: readonly tf.GradConfig[] = [
  defineGradient<tf.ResizeBilinearAttrs>(tf.ResizeBilinear, save, (dy, saved, attrs) => {
    const [images] = saved as [tf.Tensor];
    return {
      images: () =>
        attrs.halfPixelCenters
          ? undoResize(dy, images, listBilinearShares)
          : runKernel(tf.ResizeBilinearGrad, { dy, images }, attrs),
    };
  }),
  defineGradient<tf.ResizeBilinearAttrs>(tf.ResizeNearestNeighbor, save, (dy, saved, attrs) => {
    const [images] = saved as [tf.Tensor];
    return {
      images: () =>
        attrs.halfPixelCenters
          ? undoResize(dy, images, listNearestShares)
          : runKernel(tf.ResizeNearestNeighborGrad, { dy, images }, attrs),
    };
  }),
];

/** Lists the pixels of `inputs` that make the pixel `at` of `outputs`, and the share of each. */
type Shares = (
  at: number,
  outputs: number,
  inputs: number,
) => readonly (readonly [pixel: number, share: number])[];

function listBilinearShares(at: number, outputs: number, inputs: number): [number, number][] {
  const place = ((at + 0.5) * inputs) / outputs - 0.5;
  const low = Math.floor(place);
  return [
    [Math.max(0, low), 1 - (place - low)],
    [Math.min(inputs - 1, low + 1), place - low],
  ];
}

function listNearestShares(at: number, outputs: number, inputs: number): [number, number][] {
  return [[Math.min(inputs - 1, Math.floor(((at + 0.5) * inputs) / outputs)), 1]];
}

/** Resizing is a matrix product along each axis, and its gradient the product with the transposed matrix. */
function undoResize(dy: tf.Tensor, images: tf.Tensor, shares: Shares): tf.Tensor {
  return [1, 2].reduce((gradient, axis) => {
    const inputs = images.shape[axis] ?? 1;
    return changeAxis(gradient, axis, (x, outputs) =>
      tf.matMul(createTransposedMatrix(outputs, inputs, shares), x),
    );
  }, dy);
}

function createTransposedMatrix(outputs: number, inputs: number, shares: Shares): tf.Tensor {
  const matrix = new Float32Array(inputs * outputs);
  for (let at = 0; at < outputs; at++) {
    for (const [pixel, share] of shares(at, outputs, inputs))
      matrix[pixel * outputs + at] = (matrix[pixel * outputs + at] ?? 0) + share;
  }
  return tf.tensor3d(matrix, [1, inputs, outputs]);
}
