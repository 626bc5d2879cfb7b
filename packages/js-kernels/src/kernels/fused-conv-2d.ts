import { FusedConv2D, type FusedConv2DAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { conv2d } from './conv-2d.js';
import { type Fused, finishFused } from './finish-fused.js';

export const fusedConv2d: JsKernel<Record<'x' | 'filter', TensorInfo> & Fused, FusedConv2DAttrs> = {
  kernelName: FusedConv2D,
  compute(inputs, attributes, memory) {
    const y = conv2d.compute(inputs, attributes, memory);
    finishFused(y, { ...inputs, ...attributes }, memory, attributes.dataFormat === 'NCHW');
    return y;
  },
};
