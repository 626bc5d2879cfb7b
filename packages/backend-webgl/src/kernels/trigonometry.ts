import { TRIGONOMETRY, type Trigonometric, trigonometry } from '@keepfit/gpu-kernels';
import type { GPGPUProgram, MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';

/** Sine, cosine and tangent in single precision; GLSL promises no more than 1e-3 for its own. */
export function trigonometricKernels(): KernelConfig[] {
  return TRIGONOMETRY.map((kernelName) => ({
    kernelName,
    backendName: 'webgl',
    kernelFunc: ({ inputs, backend }) => {
      const x = inputs['x'] as TensorInfo;
      return (backend as MathBackendWebGL).runWebGLProgram(programOf(kernelName, x.shape), [x], 'float32');
    },
  }));
}

function programOf(name: Trigonometric, outputShape: number[]): GPGPUProgram {
  const userCode = `
    void main() {
      float x = getXAtOutCoords();
      ${trigonometry(name, 'float')}
      setOutput(result);
    }
  `;
  return { variableNames: ['x'], outputShape, userCode };
}
