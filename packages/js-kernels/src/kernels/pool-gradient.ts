import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import type { Values } from '../values.js';
import type { PoolShapes } from '../windows/pool-shapes.js';
import type { Windows } from '../windows/windows.js';

/** The kernel of a pooling's gradient. */
export function poolGradient<Attributes>(
  kernelName: string,
  shapes: PoolShapes<Attributes>,
  compute: (x: Values, dy: Values, windows: Windows, dx: Float32Array) => void,
): JsKernel<Record<'dy' | 'input', TensorInfo>, Attributes> {
  return {
    kernelName,
    compute({ dy, input }, attributes, memory) {
      const { windows } = shapes(input.shape, attributes);
      const dx = memory.output(input.shape, 'float32');
      compute(memory.values(input), memory.values(dy), windows, memory.written(dx));
      return dx;
    },
  };
}
