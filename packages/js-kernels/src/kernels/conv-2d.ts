import * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { getConvWindows2d } from '../windows/windows-2d.js';
import { convolve } from '../windows/convolve.js';

/** The convolution of flat images. */
export const conv2d: JsKernel<Record<'x' | 'filter', tf.TensorInfo>, tf.Conv2DAttrs> = {
  kernelName: tf.Conv2D,
  compute({ x, filter }, attributes, memory) {
    const { windows, outShape } = getConvWindows2d(x.shape, filter.shape, attributes);
    const y = memory.output(outShape, 'float32');
    convolve(memory.values(x), memory.values(filter), windows, memory.writable(y));
    return y;
  },
};
