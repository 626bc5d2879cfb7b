import { pooledWindow } from '@keepfit/gpu-kernels';
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { engine, type KernelConfig, type KernelFunc, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { firstMaxProgram } from './first-max-program.js';

/**
 * The gradients of max pooling, to the first of equal values as on tfjs' cpu backend and in TensorFlow. tfjs' own kernels take the last.
 */
export function maxPoolGrads(): KernelConfig[] {
  return ['MaxPoolGrad', 'MaxPool3DGrad'].map((kernelName) => ({ kernelName, backendName: 'webgl', kernelFunc: maxPoolGrad }));
}

const maxPoolGrad: KernelFunc = ({ inputs, attrs, backend }) => {
  const { dy, input } = inputs as { dy: Tensor; input: Tensor };
  const window = pooledWindow(input.shape, attrs ?? {});
  return tidy(() => {
    const operands = [reshape(input, [...window.inShape]), reshape(dy, [...window.outShape])];
    const gradient = (backend as MathBackendWebGL).runWebGLProgram(firstMaxProgram(window), operands, 'float32');
    return reshape(engine().makeTensorFromTensorInfo(gradient), input.shape);
  });
};
