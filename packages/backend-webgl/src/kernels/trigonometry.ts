import { TRIGONOMETRY, writeTrigonometry } from '@keepfit/gpu-kernels';
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type * as tf from '@tensorflow/tfjs-core';
import { createElementwiseProgram } from './elementwise-program.js';

/** Sine, cosine and tangent in single precision; GLSL promises no more than 1e-3 for its own. */
export function createTrigonometricKernels(): tf.KernelConfig[] {
  return TRIGONOMETRY.map((kernelName) => ({
    kernelName,
    backendName: 'webgl',
    kernelFunc: ({ inputs, backend }) => {
      const x = inputs['x'] as tf.TensorInfo;
      return (backend as MathBackendWebGL).runWebGLProgram(
        createElementwiseProgram(x.shape, writeTrigonometry(kernelName, 'float')),
        [x],
        'float32',
      );
    },
  }));
}
