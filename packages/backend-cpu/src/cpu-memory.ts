import type { Memory, Values } from '@keepfit/js-kernels';
import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { util } from '@tensorflow/tfjs-core';

/** tfjs' cpu backend keeps a typed array for each tensor. */
export function cpuMemory(backend: unknown): Memory {
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
    written: (tensor) => values(tensor) as Float32Array,
  };
}
