import { TRIGONOMETRY, writeTrigonometry } from '@keepfit/gpu-kernels';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type * as tf from '@tensorflow/tfjs-core';
import { createElementwiseProgram } from './flat-program.js';

/** Sine, cosine and tangent in single precision; WGSL promises no more than 1e-3 for its own. */
export function createTrigonometricKernels(): tf.KernelConfig[] {
  return TRIGONOMETRY.map((kernelName) => ({
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend }) => {
      const x = inputs['x'] as tf.TensorInfo;
      const program = createElementwiseProgram(kernelName, x.shape, writeTrigonometry(kernelName, 'let'));
      return (backend as WebGPUBackend).runWebGPUProgram(program, [x], 'float32');
    },
  }));
}
