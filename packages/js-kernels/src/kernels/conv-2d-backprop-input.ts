import { Conv2DBackpropInput, type Conv2DBackpropInputAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { convWindows2d } from '../windows/conv-windows-2d.js';
import { inputGradient } from '../windows/input-gradient.js';

/** Takes `dilations` too, which tfjs' own gradient of a convolution does not pass. */
export const conv2dBackpropInput: JsKernel<Record<'dy' | 'filter', TensorInfo>, Conv2DBackpropInputAttrs> = {
  kernelName: Conv2DBackpropInput,
  compute({ dy, filter }, attributes, memory) {
    const { windows } = convWindows2d(attributes.inputShape, filter.shape, attributes);
    const dx = memory.output(attributes.inputShape, 'float32');
    inputGradient(memory.values(dy), memory.values(filter), windows, memory.written(dx));
    return dx;
  },
};
