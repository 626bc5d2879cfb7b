import { BatchMatMul, type BatchMatMulAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { multiplyBatches, productShape } from '../matrix/multiply-batches.js';
import type { JsKernel } from '../js-kernel.js';

export const batchMatMul: JsKernel<Record<'a' | 'b', TensorInfo>, BatchMatMulAttrs> = {
  kernelName: BatchMatMul,
  compute({ a, b }, { transposeA, transposeB }, memory) {
    const batches = { aShape: a.shape, bShape: b.shape, transposeA, transposeB };
    const out = memory.output(productShape(batches), a.dtype);
    multiplyBatches(memory.values(a), memory.values(b), batches, memory.written(out));
    return out;
  },
};
