import {
  DepthwiseConv2dNative,
  type DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  FusedDepthwiseConv2D,
  type FusedDepthwiseConv2DAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { depthwiseConvolve } from '../windows/depthwise-convolve.js';
import { depthwiseFilterGradient } from '../windows/depthwise-filter-gradient.js';
import { depthwiseInputGradient } from '../windows/depthwise-input-gradient.js';
import { depthwiseWindows } from '../windows/depthwise-windows.js';
import { type Fused, finishFused } from './finish-fused.js';

const depthwiseConv2d: JsKernel<Record<'x' | 'filter', TensorInfo>, DepthwiseConv2dNativeAttrs> = {
  kernelName: DepthwiseConv2dNative,
  compute({ x, filter }, attributes, memory) {
    const { windows, outShape } = depthwiseWindows(x.shape, filter.shape, attributes);
    const y = memory.output(outShape, 'float32');
    depthwiseConvolve(memory.values(x), memory.values(filter), windows, memory.written(y));
    return y;
  },
};

const fusedDepthwiseConv2d: JsKernel<Record<'x' | 'filter', TensorInfo> & Fused, FusedDepthwiseConv2DAttrs> =
  {
    kernelName: FusedDepthwiseConv2D,
    compute(inputs, attributes, memory) {
      const y = depthwiseConv2d.compute(inputs, attributes, memory);
      finishFused(y, { ...inputs, ...attributes }, memory);
      return y;
    },
  };

const depthwiseConv2dBackpropFilter: JsKernel<
  Record<'x' | 'dy', TensorInfo>,
  DepthwiseConv2dNativeBackpropFilterAttrs
> = {
  kernelName: DepthwiseConv2dNativeBackpropFilter,
  compute({ x, dy }, attributes, memory) {
    const { windows } = depthwiseWindows(x.shape, attributes.filterShape, attributes);
    const dFilter = memory.output(attributes.filterShape, 'float32');
    depthwiseFilterGradient(memory.values(x), memory.values(dy), windows, memory.written(dFilter));
    return dFilter;
  },
};

const depthwiseConv2dBackpropInput: JsKernel<
  Record<'dy' | 'filter', TensorInfo>,
  DepthwiseConv2dNativeBackpropInputAttrs
> = {
  kernelName: DepthwiseConv2dNativeBackpropInput,
  compute({ dy, filter }, attributes, memory) {
    const { windows } = depthwiseWindows(attributes.inputShape, filter.shape, attributes);
    const dx = memory.output(attributes.inputShape, 'float32');
    depthwiseInputGradient(memory.values(dy), memory.values(filter), windows, memory.written(dx));
    return dx;
  },
};

/** Depthwise convolution and its gradients. */
export const depthwiseKernels = {
  depthwiseConv2d,
  fusedDepthwiseConv2d,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
};
