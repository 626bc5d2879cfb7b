import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import type { Values } from '../values.js';
import type { PoolShapes } from '../windows/pool-shapes.js';
import type { Windows } from '../windows/windows.js';

/** A pooling kernel. */
export function pool<Attributes>(
  kernelName: string,
  shapes: PoolShapes<Attributes>,
  compute: (x: Values, windows: Windows, y: Float32Array) => void,
): JsKernel<Record<'x', TensorInfo>, Attributes> {
  return {
    kernelName,
    compute({ x }, attributes, memory) {
      const { windows, outShape } = shapes(x.shape, attributes);
      const y = memory.output(outShape, x.dtype);
      compute(memory.values(x), windows, memory.written(y));
      return y;
    },
  };
}
