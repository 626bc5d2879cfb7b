import * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import type { Values } from '../memory.js';
import { computeAveragePoolGradient } from '../windows/average-pool-gradient.js';
import { poolAverage } from '../windows/average-pool.js';
import { computeMaxPoolGradient } from '../windows/max-pool-gradient.js';
import { poolMax } from '../windows/max-pool.js';
import { getPoolWindows2d } from '../windows/windows-2d.js';
import { getPoolWindows3d } from '../windows/windows-3d.js';
import type { PoolShapes, Windows } from '../windows/windows.js';

const computeFromSlope = (_: Values, dy: Values, windows: Windows, dx: Float32Array) =>
  computeAveragePoolGradient(dy, windows, dx);

/** Poolings of flat images and of volumes, and their gradients. */
export const poolKernels = {
  avgPool: createPoolKernel(tf.AvgPool, getPoolWindows2d, poolAverage),
  avgPoolGrad: createPoolGradientKernel(tf.AvgPoolGrad, getPoolWindows2d, computeFromSlope),
  avgPool3d: createPoolKernel(tf.AvgPool3D, getPoolWindows3d, poolAverage),
  avgPool3dGrad: createPoolGradientKernel(tf.AvgPool3DGrad, getPoolWindows3d, computeFromSlope),
  maxPool: createPoolKernel(tf.MaxPool, getPoolWindows2d, poolMax),
  maxPoolGrad: createPoolGradientKernel(tf.MaxPoolGrad, getPoolWindows2d, computeMaxPoolGradient),
  maxPool3d: createPoolKernel(tf.MaxPool3D, getPoolWindows3d, poolMax),
  maxPool3dGrad: createPoolGradientKernel(tf.MaxPool3DGrad, getPoolWindows3d, computeMaxPoolGradient),
};

/** Creates the kernel of a pooling. */
function createPoolKernel<Attributes>(
  kernelName: string,
  shapes: PoolShapes<Attributes>,
  compute: (x: Values, windows: Windows, y: Float32Array) => void,
): JsKernel<Record<'x', tf.TensorInfo>, Attributes> {
  return {
    kernelName,
    compute({ x }, attributes, memory) {
      const { windows, outShape } = shapes(x.shape, attributes);
      const y = memory.output(outShape, x.dtype);
      compute(memory.values(x), windows, memory.writable(y));
      return y;
    },
  };
}

/** Creates the kernel of a pooling's gradient. */
function createPoolGradientKernel<Attributes>(
  kernelName: string,
  shapes: PoolShapes<Attributes>,
  compute: (x: Values, dy: Values, windows: Windows, dx: Float32Array) => void,
): JsKernel<Record<'dy' | 'input', tf.TensorInfo>, Attributes> {
  return {
    kernelName,
    compute({ dy, input }, attributes, memory) {
      const { windows } = shapes(input.shape, attributes);
      const dx = memory.output(input.shape, 'float32');
      compute(memory.values(input), memory.values(dy), windows, memory.writable(dx));
      return dx;
    },
  };
}
