import * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { getConvWindows2d } from '../windows/windows-2d.js';
import { computeInputGradient } from '../windows/input-gradient.js';

/** Takes `dilations` too, which tfjs' own gradient of a convolution does not pass. */
export const conv2dBackpropInput: JsKernel<
  Record<'dy' | 'filter', tf.TensorInfo>,
  tf.Conv2DBackpropInputAttrs
> = {
  kernelName: tf.Conv2DBackpropInput,
  compute({ dy, filter }, attributes, memory) {
    const { windows } = getConvWindows2d(attributes.inputShape, filter.shape, attributes);
    const dx = memory.output(attributes.inputShape, 'float32');
    computeInputGradient(memory.values(dy), memory.values(filter), windows, memory.writable(dx));
    return dx;
  },
};
