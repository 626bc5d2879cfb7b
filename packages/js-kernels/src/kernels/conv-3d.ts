import { Conv3D, type Conv3DAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { convWindows3d } from '../windows/conv-windows-3d.js';
import { convolve } from '../windows/convolve.js';

export const conv3d: JsKernel<Record<'x' | 'filter', TensorInfo>, Conv3DAttrs> = {
  kernelName: Conv3D,
  compute({ x, filter }, attributes, memory) {
    const { windows, outShape } = convWindows3d(x.shape, filter.shape, attributes);
    const y = memory.output(outShape, 'float32');
    convolve(memory.values(x), memory.values(filter), windows, memory.written(y));
    return y;
  },
};
