import {
  type _FusedMatMulAttrs,
  type BatchMatMulAttrs,
  type KernelConfig,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { simdKernel, type SimdTools } from '../simd/simd-kernel.js';
import { applyActivation } from './apply-activation.js';
import { multiplyMatrices } from './multiply-matrices.js';

interface Factors {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

interface FusedFactors extends Factors {
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
}

/**
 * Matrix products, alone and with bias and activation. tfjs' own keeps the packed weights of a tensor, and takes them for those of another
 * shape of the same memory.
 */
export function batchMatMul(tools: SimdTools): readonly KernelConfig[] {
  const { simd, heap } = tools;
  return [
    simdKernel<Factors, BatchMatMulAttrs>('BatchMatMul', tools, ({ a, b }, { transposeA, transposeB }) => {
      return multiplyMatrices(tools, a, b, transposeA, transposeB);
    }),
    simdKernel<FusedFactors, _FusedMatMulAttrs>(
      '_FusedMatMul',
      tools,
      ({ a, b, bias, preluActivationWeights }, attrs) => {
        if (bias !== undefined && bias.shape.length !== 1)
          throw new Error(`_FusedMatMul takes a bias of rank 1, not ${bias.shape.length}`);
        const c = multiplyMatrices(tools, a, b, attrs.transposeA, attrs.transposeB);
        const columns = c.shape[c.shape.length - 1] ?? 1;
        const rows = util.sizeFromShape(c.shape) / Math.max(columns, 1);
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
