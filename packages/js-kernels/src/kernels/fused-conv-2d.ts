import * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { conv2d } from './conv-2d.js';
import { type Fused, finishFused } from './finish-fused.js';

/** A convolution with bias and activation. */
export const fusedConv2d: JsKernel<Record<'x' | 'filter', tf.TensorInfo> & Fused, tf.FusedConv2DAttrs> = {
  kernelName: tf.FusedConv2D,
  compute(inputs, attributes, memory) {
    const y = conv2d.compute(inputs, attributes, memory);
    finishFused(y, { ...inputs, ...attributes }, memory, attributes.dataFormat === 'NCHW');
    return y;
  },
};
