import { ClipByValue, type ClipByValueAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { isNumeric, type JsKernel } from '../js-kernel.js';

/** Leaves alone what is not a number. */
export const clipByValue: JsKernel<Record<'x', TensorInfo>, ClipByValueAttrs> = {
  kernelName: ClipByValue,
  handles: ({ x }) => isNumeric(x),
  compute({ x }, { clipValueMin, clipValueMax }, memory) {
    const y = memory.output(x.shape, x.dtype);
    const values = memory.values(x);
    const out = memory.writable(y);
    for (let i = 0; i < out.length; i++) {
      const value = values[i] as number;
      out[i] = value > clipValueMax ? clipValueMax : value < clipValueMin ? clipValueMin : value;
    }
    return y;
  },
};
