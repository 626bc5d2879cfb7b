import * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { getConvWindows3d } from '../windows/windows-3d.js';
import { computeFilterGradient } from '../windows/filter-gradient.js';

/** Takes `dilations` too, which tfjs' own gradient of a convolution does not pass. */
export const conv3dBackpropFilter: JsKernel<
  Record<'x' | 'dy', tf.TensorInfo>,
  tf.Conv3DBackpropFilterV2Attrs
> = {
  kernelName: tf.Conv3DBackpropFilterV2,
  compute({ x, dy }, attributes, memory) {
    const { windows } = getConvWindows3d(x.shape, attributes.filterShape, attributes);
    const dFilter = memory.output(attributes.filterShape, 'float32');
    computeFilterGradient(memory.values(x), memory.values(dy), windows, memory.writable(dFilter));
    return dFilter;
  },
};
