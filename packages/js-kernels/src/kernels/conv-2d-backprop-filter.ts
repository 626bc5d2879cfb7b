import * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { getConvWindows2d } from '../windows/windows-2d.js';
import { computeFilterGradient } from '../windows/filter-gradient.js';

/** Takes `dilations` too, which tfjs' own gradient of a convolution does not pass. */
export const conv2dBackpropFilter: JsKernel<
  Record<'x' | 'dy', tf.TensorInfo>,
  tf.Conv2DBackpropFilterAttrs
> = {
  kernelName: tf.Conv2DBackpropFilter,
  compute({ x, dy }, attributes, memory) {
    const { windows } = getConvWindows2d(x.shape, attributes.filterShape, attributes);
    const dFilter = memory.output(attributes.filterShape, 'float32');
    computeFilterGradient(memory.values(x), memory.values(dy), windows, memory.writable(dFilter));
    return dFilter;
  },
};
