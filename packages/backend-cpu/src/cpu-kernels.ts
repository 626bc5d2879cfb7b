import { jsKernels, createKernelConfig, type Memory, type Values } from '@keepfit/js-kernels';
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The kernels that replace tfjs' own in the cpu backend because these are wrong in training, or needlessly
 * slow.
 */
export function listCpuKernels(): tf.KernelConfig[] {
  return Object.values(jsKernels).map((kernel) => createKernelConfig(kernel, 'cpu', createCpuMemory));
}

/** tfjs' cpu backend keeps a typed array for each tensor. */
function createCpuMemory(backend: unknown): Memory {
  const cpu = backend as MathBackendCPU;
  const values = ({ dataId }: { dataId: object }) => cpu.data.get(dataId).values;
  return {
    values: (tensor) => values(tensor) as Values,
    output: (shape, dtype) =>
      cpu.makeTensorInfo(
        [...shape],
        dtype,
        tf.util.getTypedArrayFromDType(dtype as 'float32', tf.util.sizeFromShape([...shape])),
      ),
    writable: (tensor) => values(tensor) as Float32Array,
  };
}
