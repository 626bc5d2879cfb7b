import { TRIGONOMETRY, type Trigonometric, writeTrigonometry } from '@keepfit/gpu-kernels';
import type { GPGPUProgram, MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type * as tf from '@tensorflow/tfjs-core';

/** Sine, cosine and tangent in single precision; GLSL promises no more than 1e-3 for its own. */
export function createTrigonometricKernels(): tf.KernelConfig[] {
  return TRIGONOMETRY.map((kernelName) => ({
    kernelName,
    backendName: 'webgl',
    kernelFunc: ({ inputs, backend }) => {
      const x = inputs['x'] as tf.TensorInfo;
      return (backend as MathBackendWebGL).runWebGLProgram(
        createProgram(kernelName, x.shape),
        [x],
        'float32',
      );
    },
  }));
}

function createProgram(name: Trigonometric, outputShape: number[]): GPGPUProgram {
  const userCode = `
    void main() {
      float x = getXAtOutCoords();
      ${writeTrigonometry(name, 'float')}
      setOutput(result);
    }
  `;
  return { variableNames: ['x'], outputShape, userCode };
}
