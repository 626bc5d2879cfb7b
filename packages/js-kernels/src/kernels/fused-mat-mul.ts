import * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { batchMatMul } from './batch-mat-mul.js';
import { type Fused, finishFused } from './finish-fused.js';

/** A matrix product with bias and activation. */
export const fusedMatMul: JsKernel<Record<'a' | 'b', tf.TensorInfo> & Fused, tf._FusedMatMulAttrs> = {
  kernelName: tf._FusedMatMul,
  compute(inputs, attributes, memory) {
    const out = batchMatMul.compute(inputs, attributes, memory);
    finishFused(out, { ...inputs, ...attributes }, memory);
    return out;
  },
};
