import { Conv2D, type Conv2DAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { convWindows2d } from '../windows/conv-windows-2d.js';
import { convolve } from '../windows/convolve.js';

export const conv2d: JsKernel<Record<'x' | 'filter', TensorInfo>, Conv2DAttrs> = {
  kernelName: Conv2D,
  compute({ x, filter }, attributes, memory) {
    const { windows, outShape } = convWindows2d(x.shape, filter.shape, attributes);
    const y = memory.output(outShape, 'float32');
    convolve(memory.values(x), memory.values(filter), windows, memory.written(y));
    return y;
  },
};
