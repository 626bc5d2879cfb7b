import {
  type GradConfig,
  matMul,
  ResizeBilinear,
  type ResizeBilinearAttrs,
  ResizeBilinearGrad,
  ResizeNearestNeighbor,
  ResizeNearestNeighborGrad,
  type Tensor,
  tensor3d,
} from '@tensorflow/tfjs-core';
import { changeAxis } from './axes.js';
import { defineGradient, runKernel } from './define-gradient.js';

const save = { inputsToSave: ['images'] };

/** tfjs' kernels know nothing of `halfPixelCenters`, and give the gradient of another resizing. */
export const resizeGradients: readonly GradConfig[] = [
  defineGradient<ResizeBilinearAttrs>(ResizeBilinear, save, (dy, saved, attrs) => {
    const [images] = saved as [Tensor];
    return {
      images: () =>
        attrs.halfPixelCenters
          ? undoResize(dy, images, listBilinearShares)
          : runKernel(ResizeBilinearGrad, { dy, images }, attrs),
    };
  }),
  defineGradient<ResizeBilinearAttrs>(ResizeNearestNeighbor, save, (dy, saved, attrs) => {
    const [images] = saved as [Tensor];
    return {
      images: () =>
        attrs.halfPixelCenters
          ? undoResize(dy, images, listNearestShares)
          : runKernel(ResizeNearestNeighborGrad, { dy, images }, attrs),
    };
  }),
];

/** From which pixels of `inputs` the pixel `at` of `outputs` is made, and how much of it. */
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

/** Resizing is a matrix product along each axis, and its gradient the product with the matrix turned. */
function undoResize(dy: Tensor, images: Tensor, shares: Shares): Tensor {
  return [1, 2].reduce((gradient, axis) => {
    const inputs = images.shape[axis] ?? 1;
    return changeAxis(gradient, axis, (x, outputs) =>
      matMul(createTransposedMatrix(outputs, inputs, shares), x),
    );
  }, dy);
}

function createTransposedMatrix(outputs: number, inputs: number, shares: Shares): Tensor {
  const matrix = new Float32Array(inputs * outputs);
  for (let at = 0; at < outputs; at++) {
    for (const [pixel, share] of shares(at, outputs, inputs))
      matrix[pixel * outputs + at] = (matrix[pixel * outputs + at] ?? 0) + share;
  }
  return tensor3d(matrix, [1, inputs, outputs]);
}
