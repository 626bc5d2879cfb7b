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
import { alongAxis } from './along-axis.js';
import { gradientOf } from './gradient-of.js';
import { runKernel } from './run-kernel.js';

const save = { inputsToSave: ['images'] };

/** tfjs' kernels know nothing of `halfPixelCenters`, and give the gradient of another resizing. */
export const resizeGradients: readonly GradConfig[] = [
  gradientOf<ResizeBilinearAttrs>(ResizeBilinear, save, (dy, saved, attrs) => {
    const [images] = saved as [Tensor];
    return {
      images: () =>
        attrs.halfPixelCenters
          ? unresized(dy, images, bilinearShares)
          : runKernel(ResizeBilinearGrad, { dy, images }, attrs),
    };
  }),
  gradientOf<ResizeBilinearAttrs>(ResizeNearestNeighbor, save, (dy, saved, attrs) => {
    const [images] = saved as [Tensor];
    return {
      images: () =>
        attrs.halfPixelCenters
          ? unresized(dy, images, nearestShares)
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

function bilinearShares(at: number, outputs: number, inputs: number): [number, number][] {
  const place = ((at + 0.5) * inputs) / outputs - 0.5;
  const low = Math.floor(place);
  return [
    [Math.max(0, low), 1 - (place - low)],
    [Math.min(inputs - 1, low + 1), place - low],
  ];
}

function nearestShares(at: number, outputs: number, inputs: number): [number, number][] {
  return [[Math.min(inputs - 1, Math.floor(((at + 0.5) * inputs) / outputs)), 1]];
}

/** Resizing is a matrix product along each axis, and its gradient the product with the matrix turned. */
function unresized(dy: Tensor, images: Tensor, shares: Shares): Tensor {
  return [1, 2].reduce((gradient, axis) => {
    const inputs = images.shape[axis] ?? 1;
    return alongAxis(gradient, axis, (x, outputs) => matMul(turnedMatrix(outputs, inputs, shares), x));
  }, dy);
}

function turnedMatrix(outputs: number, inputs: number, shares: Shares): Tensor {
  const matrix = new Float32Array(inputs * outputs);
  for (let at = 0; at < outputs; at++) {
    for (const [pixel, share] of shares(at, outputs, inputs))
      matrix[pixel * outputs + at] = (matrix[pixel * outputs + at] ?? 0) + share;
  }
  return tensor3d(matrix, [1, inputs, outputs]);
}
