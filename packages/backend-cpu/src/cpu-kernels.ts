import { jsKernels, createKernelConfig, type Memory, type Values } from '@keepfit/js-kernels';
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { type KernelConfig, util } from '@tensorflow/tfjs-core';

/** What stands in for kernels of tfjs' cpu backend that are wrong in training, or needlessly slow. */
export function listCpuKernels(): KernelConfig[] {
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
        util.getTypedArrayFromDType(dtype as 'float32', util.sizeFromShape([...shape])),
      ),
    writable: (tensor) => values(tensor) as Float32Array,
  };
}
