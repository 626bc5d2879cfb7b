import * as tf from '@tensorflow/tfjs-core';
import { createSimdKernel, type SimdTools } from '../simd/simd-kernel.js';
import { applyActivation } from './apply-activation.js';
import { multiplyMatrices } from './multiply-matrices.js';

interface Factors {
  readonly a: tf.TensorInfo;
  readonly b: tf.TensorInfo;
}

interface FusedFactors extends Factors {
  readonly bias?: tf.TensorInfo;
  readonly preluActivationWeights?: tf.TensorInfo;
}

/**
 * Matrix products, alone and with bias and activation. tfjs' own caches the packed weights of a tensor, and
 * confuses them with the weights of another shape in the same memory.
 */
export function batchMatMul(tools: SimdTools): readonly tf.KernelConfig[] {
  const { simd, heap } = tools;
  return [
    createSimdKernel<Factors, tf.BatchMatMulAttrs>(
      'BatchMatMul',
      tools,
      ({ a, b }, { transposeA, transposeB }) => {
        return multiplyMatrices(tools, a, b, transposeA, transposeB);
      },
    ),
    createSimdKernel<FusedFactors, tf._FusedMatMulAttrs>(
      '_FusedMatMul',
      tools,
      ({ a, b, bias, preluActivationWeights }, attrs) => {
        if (bias !== undefined && bias.shape.length !== 1)
          throw new Error(`_FusedMatMul takes a bias of rank 1, not ${bias.shape.length}`);
        const c = multiplyMatrices(tools, a, b, attrs.transposeA, attrs.transposeB);
        const columns = c.shape[c.shape.length - 1] ?? 1;
        const rows = tf.util.sizeFromShape(c.shape) / Math.max(columns, 1);
        const relu = attrs.activation === 'relu';
        if (bias !== undefined || relu)
          simd.addBias(
            heap.address(c),
            rows,
            columns,
            bias === undefined ? 0 : heap.address(bias),
            relu ? 1 : 0,
          );
        return applyActivation(tools, c, attrs, preluActivationWeights);
      },
    ),
  ];
}
