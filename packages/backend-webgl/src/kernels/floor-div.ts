import { getStockKernel } from '@keepfit/gpu-kernels';
import { cast, div, floor, type KernelConfig, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** Division rounded down. tfjs' own shader rounds its inputs to whole numbers first. */
export function createFloorDiv(): KernelConfig {
  const stock = getStockKernel('FloorDiv', 'webgl');
  return {
    kernelName: 'FloorDiv',
    backendName: 'webgl',
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: Tensor; b: Tensor };
      // Of whole numbers the shader is exact, and a quotient of floats may not be.
      if (a.dtype !== 'float32' && b.dtype !== 'float32') return stock(call);
      return tidy(() => cast(floor(div(a, b)), 'int32'));
    },
  };
}
