import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Loop } from '../elementwise/loops.js';
import type { JsKernel } from '../js-kernel.js';

/** A kernel of one float32 operand. */
export function unary(kernelName: string, loop: Loop): JsKernel<Record<'x', TensorInfo>, { alpha?: number }> {
  return {
    kernelName,
    handles: ({ x }) => x.dtype === 'float32',
    compute({ x }, { alpha = 0 }, memory) {
      const out = memory.output(x.shape, x.dtype);
      loop(memory.values(x), memory.written(out), alpha);
      return out;
    },
  };
}
