import {
  Conv3DBackpropInputV2,
  type Conv3DBackpropInputV2Attrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { convWindows3d } from '../windows/conv-windows-3d.js';
import { inputGradient } from '../windows/input-gradient.js';

/** Takes `dilations` too, which tfjs' own gradient of a convolution does not pass. */
export const conv3dBackpropInput: JsKernel<
  Record<'dy' | 'filter', TensorInfo>,
  Conv3DBackpropInputV2Attrs
> = {
  kernelName: Conv3DBackpropInputV2,
  compute({ dy, filter }, attributes, memory) {
    const { windows } = convWindows3d(attributes.inputShape, filter.shape, attributes);
    const dx = memory.output(attributes.inputShape, 'float32');
    inputGradient(memory.values(dy), memory.values(filter), windows, memory.written(dx));
    return dx;
  },
};
