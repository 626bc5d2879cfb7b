import {
  engine,
  type KernelConfig,
  type KernelFunc,
  reshape,
  type Tensor,
  type TensorInfo,
  tidy,
} from '@tensorflow/tfjs-core';
import { type PooledWindow, pooledWindow } from './pooled-window.js';
import type { GpuName } from './stock-kernel.js';

/** Runs the backend's shader that gives each value the gradients of the windows in which it is the first of the largest. */
type RunFirstMax = (backend: unknown, window: PooledWindow, operands: [x: Tensor, dy: Tensor]) => TensorInfo;

/**
 * The gradients of max pooling, to the first of equal values as on tfjs' cpu backend and in TensorFlow. tfjs' own kernels take the last.
 */
export function maxPoolGrads(backendName: GpuName, run: RunFirstMax): KernelConfig[] {
  const kernelFunc: KernelFunc = ({ inputs, attrs, backend }) => {
    const { dy, input } = inputs as { dy: Tensor; input: Tensor };
    const window = pooledWindow(input.shape, attrs ?? {});
    return tidy(() => {
      const gradient = run(backend, window, [
        reshape(input, [...window.inShape]),
        reshape(dy, [...window.outShape]),
      ]);
      return reshape(engine().makeTensorFromTensorInfo(gradient), input.shape);
    });
  };
  return ['MaxPoolGrad', 'MaxPool3DGrad'].map((kernelName) => ({ kernelName, backendName, kernelFunc }));
}
