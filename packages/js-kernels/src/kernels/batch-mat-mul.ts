import * as tf from '@tensorflow/tfjs-core';
import { multiplyBatches, getProductShape } from '../matrix/multiply-batches.js';
import type { JsKernel } from '../js-kernel.js';

/** Products of stacks of matrices. */
export const batchMatMul: JsKernel<Record<'a' | 'b', tf.TensorInfo>, tf.BatchMatMulAttrs> = {
  kernelName: tf.BatchMatMul,
  compute({ a, b }, { transposeA, transposeB }, memory) {
    const batches = { aShape: a.shape, bShape: b.shape, transposeA, transposeB };
    const out = memory.output(getProductShape(batches), a.dtype);
    multiplyBatches(memory.values(a), memory.values(b), batches, memory.writable(out));
    return out;
  },
};
