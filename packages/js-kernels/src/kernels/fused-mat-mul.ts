import { _FusedMatMul, type _FusedMatMulAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { batchMatMul } from './batch-mat-mul.js';
import { type Fused, finishFused } from './finish-fused.js';

export const fusedMatMul: JsKernel<Record<'a' | 'b', TensorInfo> & Fused, _FusedMatMulAttrs> = {
  kernelName: _FusedMatMul,
  compute(inputs, attributes, memory) {
    const out = batchMatMul.compute(inputs, attributes, memory);
    finishFused(out, { ...inputs, ...attributes }, memory);
    return out;
  },
};
