import {
  AvgPool,
  AvgPool3D,
  type AvgPool3DAttrs,
  AvgPool3DGrad,
  type AvgPoolAttrs,
  AvgPoolGrad,
  backend_util,
  type GradConfig,
  MaxPool,
  type MaxPoolAttrs,
  MaxPoolGrad,
  mul,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { gradientOf } from './gradient-of.js';
import { runKernel } from './run-kernel.js';

/**
 * tfjs' kernels share an average's gradient among all cells of its window, also those in the padding, of which there is no average; and
 * its gradient functions forget how the size of the output was rounded.
 */
export const poolGradients: readonly GradConfig[] = [
  gradientOf<AvgPoolAttrs>(AvgPool, { inputsToSave: ['x'] }, (dy, saved, attrs) => {
    const [x] = saved as [Tensor];
    const windows = windows2d(x, attrs);
    const padded = { ...attrs, pad: padOf(attrs, windows) };
    return { x: () => runKernel(AvgPoolGrad, { dy: ofRealCells(dy, windows), input: x }, padded) };
  }),
  gradientOf<AvgPool3DAttrs>(AvgPool3D, { inputsToSave: ['x'] }, (dy, saved, attrs) => {
    const [x] = saved as [Tensor];
    return {
      x: () => runKernel(AvgPool3DGrad, { dy: ofRealCells(dy, windows3d(x, attrs)), input: x }, attrs),
    };
  }),
  gradientOf<MaxPoolAttrs>(MaxPool, { inputsToSave: ['x'], outputsToSave: [true] }, (dy, saved, attrs) => {
    const [x, y] = saved as [Tensor, Tensor];
    const padded = { ...attrs, pad: padOf(attrs, windows2d(x, attrs)) };
    return { x: () => runKernel(MaxPoolGrad, { dy, input: x, output: y }, padded) };
  }),
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

function windows2d(x: Tensor, { filterSize, strides, pad, dimRoundingMode }: AvgPoolAttrs): Windows[] {
  const info = backend_util.computePool2DInfo(
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

function windows3d(x: Tensor, { filterSize, strides, pad, dimRoundingMode }: AvgPool3DAttrs): Windows[] {
  const shape = x.shape as [number, number, number, number, number];
  const info = backend_util.computePool3DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode, 'NDHWC');
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

/** The gradient raised where a window reaches into the padding, so that a share of all its cells is one of the real ones. */
function ofRealCells(dy: Tensor, windows: readonly Windows[]): Tensor {
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
  return mul(dy, tensor(all, [1, ...windows.map(({ count }) => count), 1], 'float32'));
}

/** The padding as explicit numbers that need no rounding, where there was one; otherwise as it was given. */
function padOf({ pad, dimRoundingMode }: AvgPoolAttrs, windows: readonly Windows[]): unknown {
  if (dimRoundingMode === undefined || dimRoundingMode === 'floor') return pad;
  const sides = windows.map(({ count, size, stride, before, inputs }) => [
    before,
    (count - 1) * stride + size - inputs - before,
  ]);
  return [[0, 0], ...sides, [0, 0]];
}
