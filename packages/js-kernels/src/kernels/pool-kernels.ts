import {
  AvgPool,
  AvgPool3D,
  AvgPool3DGrad,
  AvgPoolGrad,
  MaxPool,
  MaxPool3D,
  MaxPool3DGrad,
  MaxPoolGrad,
} from '@tensorflow/tfjs-core';
import type { Values } from '../values.js';
import { averagePool } from '../windows/average-pool.js';
import { averagePoolGradient } from '../windows/average-pool-gradient.js';
import { maxPool } from '../windows/max-pool.js';
import { maxPoolGradient } from '../windows/max-pool-gradient.js';
import { poolWindows2d } from '../windows/pool-windows-2d.js';
import { poolWindows3d } from '../windows/pool-windows-3d.js';
import type { Windows } from '../windows/windows.js';
import { pool } from './pool.js';
import { poolGradient } from './pool-gradient.js';

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
