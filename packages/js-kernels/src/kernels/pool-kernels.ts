import {
  AvgPool,
  AvgPool3D,
  AvgPool3DGrad,
  AvgPoolGrad,
  MaxPool,
  MaxPool3D,
  MaxPool3DGrad,
  MaxPoolGrad,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import type { Values } from '../memory.js';
import { averagePoolGradient } from '../windows/average-pool-gradient.js';
import { averagePool } from '../windows/average-pool.js';
import { maxPoolGradient } from '../windows/max-pool-gradient.js';
import { maxPool } from '../windows/max-pool.js';
import { poolWindows2d } from '../windows/windows-2d.js';
import { poolWindows3d } from '../windows/windows-3d.js';
import type { PoolShapes, Windows } from '../windows/windows.js';

const fromSlope = (_: Values, dy: Values, windows: Windows, dx: Float32Array) =>
  averagePoolGradient(dy, windows, dx);

/** Poolings of flat images and of volumes, and their gradients. */
export const poolKernels = {
  avgPool: pool(AvgPool, poolWindows2d, averagePool),
  avgPoolGrad: poolGradient(AvgPoolGrad, poolWindows2d, fromSlope),
  avgPool3d: pool(AvgPool3D, poolWindows3d, averagePool),
  avgPool3dGrad: poolGradient(AvgPool3DGrad, poolWindows3d, fromSlope),
  maxPool: pool(MaxPool, poolWindows2d, maxPool),
  maxPoolGrad: poolGradient(MaxPoolGrad, poolWindows2d, maxPoolGradient),
  maxPool3d: pool(MaxPool3D, poolWindows3d, maxPool),
  maxPool3dGrad: poolGradient(MaxPool3DGrad, poolWindows3d, maxPoolGradient),
};

/** A pooling kernel. */
function pool<Attributes>(
  kernelName: string,
  shapes: PoolShapes<Attributes>,
  compute: (x: Values, windows: Windows, y: Float32Array) => void,
): JsKernel<Record<'x', TensorInfo>, Attributes> {
  return {
    kernelName,
    compute({ x }, attributes, memory) {
      const { windows, outShape } = shapes(x.shape, attributes);
      const y = memory.output(outShape, x.dtype);
      compute(memory.values(x), windows, memory.written(y));
      return y;
    },
  };
}

/** The kernel of a pooling's gradient. */
function poolGradient<Attributes>(
  kernelName: string,
  shapes: PoolShapes<Attributes>,
  compute: (x: Values, dy: Values, windows: Windows, dx: Float32Array) => void,
): JsKernel<Record<'dy' | 'input', TensorInfo>, Attributes> {
  return {
    kernelName,
    compute({ dy, input }, attributes, memory) {
      const { windows } = shapes(input.shape, attributes);
      const dx = memory.output(input.shape, 'float32');
      compute(memory.values(input), memory.values(dy), windows, memory.written(dx));
      return dx;
    },
  };
}
