import * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { getConvWindows3d } from '../windows/windows-3d.js';
import { computeInputGradient } from '../windows/input-gradient.js';

/** Takes `dilations` too, which tfjs' own gradient of a convolution does not pass. */
export const conv3dBackpropInput: JsKernel<
  Record<'dy' | 'filter', tf.TensorInfo>,
  tf.Conv3DBackpropInputV2Attrs
> = {
  kernelName: tf.Conv3DBackpropInputV2,
  compute({ dy, filter }, attributes, memory) {
    const { windows } = getConvWindows3d(attributes.inputShape, filter.shape, attributes);
    const dx = memory.output(attributes.inputShape, 'float32');
    computeInputGradient(memory.values(dy), memory.values(filter), windows, memory.writable(dx));
    return dx;
  },
};
