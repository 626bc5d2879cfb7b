import type { Conv2DAttrs, FusedConv2DAttrs, KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { simdKernel, type SimdTools } from '../simd/simd-kernel.js';
import { applyActivation } from './apply-activation.js';
import { computeConvInfo } from './frame.js';
import { convolve } from './convolve.js';

interface ConvInputs {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
}

interface FusedInputs extends ConvInputs {
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
}

/** Convolutions, alone and with bias and activation. tfjs' own gives zeros for padding `same` with a stride beyond the filter. */
export function conv2D(tools: SimdTools): readonly KernelConfig[] {
  return [
    simdKernel<ConvInputs, Conv2DAttrs>('Conv2D', tools, ({ x, filter }, attrs) => {
      return convolve(tools, x, filter, computeConvInfo(x.shape, filter.shape, attrs), undefined, false);
    }),
    simdKernel<FusedInputs, FusedConv2DAttrs>(
      'FusedConv2D',
      tools,
      ({ x, filter, bias, preluActivationWeights }, attrs) => {
        const info = computeConvInfo(x.shape, filter.shape, attrs);
        const y = convolve(tools, x, filter, info, bias, attrs.activation === 'relu');
        return applyActivation(tools, y, attrs, preluActivationWeights);
      },
    ),
  ];
}
