import { ClipByValue, type ClipByValueAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { isNumeric } from './is-numeric.js';

/** Leaves alone what is not a number. */
export const clipByValue: JsKernel<Record<'x', TensorInfo>, ClipByValueAttrs> = {
  kernelName: ClipByValue,
  handles: ({ x }) => isNumeric(x),
  compute({ x }, { clipValueMin, clipValueMax }, memory) {
    const y = memory.output(x.shape, x.dtype);
    const values = memory.values(x);
    const out = memory.written(y);
    for (let i = 0; i < out.length; i++) {
      const value = values[i] as number;
      out[i] = value > clipValueMax ? clipValueMax : value < clipValueMin ? clipValueMin : value;
    }
    return y;
  },
};
