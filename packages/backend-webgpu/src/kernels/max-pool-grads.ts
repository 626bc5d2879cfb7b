import { pooledWindow } from '@keepfit/gpu-kernels';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { engine, type KernelConfig, type KernelFunc, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { firstMaxProgram } from './first-max-program.js';

/**
 * The gradients of max pooling, to the first of equal values as on tfjs' cpu backend and in TensorFlow. tfjs' own kernels take the last.
 */
export function maxPoolGrads(): KernelConfig[] {
  return ['MaxPoolGrad', 'MaxPool3DGrad'].map((kernelName) => ({ kernelName, backendName: 'webgpu', kernelFunc: maxPoolGrad }));
}

const maxPoolGrad: KernelFunc = ({ inputs, attrs, backend }) => {
  const { dy, input } = inputs as { dy: Tensor; input: Tensor };
  const window = pooledWindow(input.shape, attrs ?? {});
  return tidy(() => {
    const operands = [reshape(input, [...window.inShape]), reshape(dy, [...window.outShape])];
    const gradient = (backend as WebGPUBackend).runWebGPUProgram(firstMaxProgram(window), operands, 'float32');
    return reshape(engine().makeTensorFromTensorInfo(gradient), input.shape);
  });
};
