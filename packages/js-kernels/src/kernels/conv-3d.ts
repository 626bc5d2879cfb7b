import * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { getConvWindows3d } from '../windows/windows-3d.js';
import { convolve } from '../windows/convolve.js';

/** The convolution of volumes. */
export const conv3d: JsKernel<Record<'x' | 'filter', tf.TensorInfo>, tf.Conv3DAttrs> = {
  kernelName: tf.Conv3D,
  compute({ x, filter }, attributes, memory) {
    const { windows, outShape } = getConvWindows3d(x.shape, filter.shape, attributes);
    const y = memory.output(outShape, 'float32');
    convolve(memory.values(x), memory.values(filter), windows, memory.writable(y));
    return y;
  },
};
