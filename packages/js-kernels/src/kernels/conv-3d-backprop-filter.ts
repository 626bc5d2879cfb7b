import {
  Conv3DBackpropFilterV2,
  type Conv3DBackpropFilterV2Attrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { convWindows3d } from '../windows/conv-windows-3d.js';
import { filterGradient } from '../windows/filter-gradient.js';

/** Takes `dilations` too, which tfjs' own gradient of a convolution does not pass. */
export const conv3dBackpropFilter: JsKernel<Record<'x' | 'dy', TensorInfo>, Conv3DBackpropFilterV2Attrs> = {
  kernelName: Conv3DBackpropFilterV2,
  compute({ x, dy }, attributes, memory) {
    const { windows } = convWindows3d(x.shape, attributes.filterShape, attributes);
    const dFilter = memory.output(attributes.filterShape, 'float32');
    filterGradient(memory.values(x), memory.values(dy), windows, memory.written(dFilter));
    return dFilter;
  },
};
