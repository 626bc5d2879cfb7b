import * as tf from '@tensorflow/tfjs-core';
import { isNumeric, type JsKernel } from '../js-kernel.js';

/** NaN stays NaN. */
export const clipByValue: JsKernel<Record<'x', tf.TensorInfo>, tf.ClipByValueAttrs> = {
  kernelName: tf.ClipByValue,
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
