import * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { convolveDepthwise } from '../windows/convolve-depthwise.js';
import { computeDepthwiseFilterGradient } from '../windows/depthwise-filter-gradient.js';
import { computeDepthwiseInputGradient } from '../windows/depthwise-input-gradient.js';
import { getDepthwiseWindows } from '../windows/windows-2d.js';
import { type Fused, finishFused } from './finish-fused.js';

const depthwiseConv2d: JsKernel<Record<'x' | 'filter', tf.TensorInfo>, tf.DepthwiseConv2dNativeAttrs> = {
  kernelName: tf.DepthwiseConv2dNative,
  compute({ x, filter }, attributes, memory) {
    const { windows, outShape } = getDepthwiseWindows(x.shape, filter.shape, attributes);
    const y = memory.output(outShape, 'float32');
    convolveDepthwise(memory.values(x), memory.values(filter), windows, memory.writable(y));
    return y;
  },
};

const fusedDepthwiseConv2d: JsKernel<
  Record<'x' | 'filter', tf.TensorInfo> & Fused,
  tf.FusedDepthwiseConv2DAttrs
> = {
  kernelName: tf.FusedDepthwiseConv2D,
  compute(inputs, attributes, memory) {
    const y = depthwiseConv2d.compute(inputs, attributes, memory);
    finishFused(y, { ...inputs, ...attributes }, memory);
    return y;
  },
};

const depthwiseConv2dBackpropFilter: JsKernel<
  Record<'x' | 'dy', tf.TensorInfo>,
  tf.DepthwiseConv2dNativeBackpropFilterAttrs
> = {
  kernelName: tf.DepthwiseConv2dNativeBackpropFilter,
  compute({ x, dy }, attributes, memory) {
    const { windows } = getDepthwiseWindows(x.shape, attributes.filterShape, attributes);
    const dFilter = memory.output(attributes.filterShape, 'float32');
    computeDepthwiseFilterGradient(memory.values(x), memory.values(dy), windows, memory.writable(dFilter));
    return dFilter;
  },
};

const depthwiseConv2dBackpropInput: JsKernel<
  Record<'dy' | 'filter', tf.TensorInfo>,
  tf.DepthwiseConv2dNativeBackpropInputAttrs
> = {
  kernelName: tf.DepthwiseConv2dNativeBackpropInput,
  compute({ dy, filter }, attributes, memory) {
    const { windows } = getDepthwiseWindows(attributes.inputShape, filter.shape, attributes);
    const dx = memory.output(attributes.inputShape, 'float32');
    computeDepthwiseInputGradient(memory.values(dy), memory.values(filter), windows, memory.writable(dx));
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
