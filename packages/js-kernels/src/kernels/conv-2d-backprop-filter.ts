import { Conv2DBackpropFilter, type Conv2DBackpropFilterAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { convWindows2d } from '../windows/conv-windows-2d.js';
import { filterGradient } from '../windows/filter-gradient.js';

/** Takes `dilations` too, which tfjs' own gradient of a convolution does not pass. */
export const conv2dBackpropFilter: JsKernel<Record<'x' | 'dy', TensorInfo>, Conv2DBackpropFilterAttrs> = {
  kernelName: Conv2DBackpropFilter,
  compute({ x, dy }, attributes, memory) {
    const { windows } = convWindows2d(x.shape, attributes.filterShape, attributes);
    const dFilter = memory.output(attributes.filterShape, 'float32');
    filterGradient(memory.values(x), memory.values(dy), windows, memory.written(dFilter));
    return dFilter;
  },
};
