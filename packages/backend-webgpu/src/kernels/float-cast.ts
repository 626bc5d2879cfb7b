import { getStockKernel } from '@keepfit/gpu-kernels';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type * as tf from '@tensorflow/tfjs-core';
import { createElementwiseProgram } from './flat-program.js';

/**
 * Makes floats of integers and booleans. tfjs' own kernel calls them floats and leaves integers in memory.
 * Some shaders, for instance that of `transpose`, then do not compile, so that no model with a mask trains.
 */
export function createFloatCast(): tf.KernelConfig {
  const stock = getStockKernel('Cast', 'webgpu');
  return {
    kernelName: 'Cast',
    backendName: 'webgpu',
    kernelFunc: (call) => {
      const x = call.inputs['x'] as tf.TensorInfo;
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
