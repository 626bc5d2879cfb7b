import { engine, type NamedTensorMap, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import type { RunKernel } from './kernel-case.js';

/** Calls kernels of tfjs' current backend, as its operations do. */
export const engineRun: RunKernel = (kernelName, inputs, attributes) =>
  tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, values, dtype = 'float32' }]) => [
        name,
        tensor(Array.from(values), [...shape], dtype),
      ]),
    );
    const outputs = engine().runKernel(kernelName, tensors as NamedTensorMap, attributes as never) as
      | Tensor
      | Tensor[];
    return (Array.isArray(outputs) ? outputs : [outputs]).map((output) => ({
      shape: output.shape,
      values: output.dataSync() as Float32Array,
    }));
  });
