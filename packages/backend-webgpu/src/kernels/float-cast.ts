import { getStockKernel } from '@keepfit/gpu-kernels';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { createElementwiseProgram } from './flat-program.js';

/**
 * Makes floats of whole numbers and booleans. tfjs' own kernel calls them floats and leaves integers in memory, for which some shaders, that
 * of `transpose` among them, do not compile: with those no model with a mask trains.
 */
export function createFloatCast(): KernelConfig {
  const stock = getStockKernel('Cast', 'webgpu');
  return {
    kernelName: 'Cast',
    backendName: 'webgpu',
    kernelFunc: (call) => {
      const x = call.inputs['x'] as TensorInfo;
      const isWhole = x.dtype === 'int32' || x.dtype === 'bool';
      if (!isWhole || (call.attrs as { dtype?: unknown } | undefined)?.dtype !== 'float32')
        return stock(call);
      return (call.backend as WebGPUBackend).runWebGPUProgram(
        createElementwiseProgram('Cast', x.shape, 'let result = x;'),
        [x],
        'float32',
      );
    },
  };
}
