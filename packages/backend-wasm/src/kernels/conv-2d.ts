import type * as tf from '@tensorflow/tfjs-core';
import { createSimdKernel, type SimdTools } from '../simd/simd-kernel.js';
import { applyActivation } from './apply-activation.js';
import { computeConvInfo } from './frame.js';
import { convolve } from './convolve.js';

interface ConvInputs {
  readonly x: tf.TensorInfo;
  readonly filter: tf.TensorInfo;
}

interface FusedInputs extends ConvInputs {
  readonly bias?: tf.TensorInfo;
  readonly preluActivationWeights?: tf.TensorInfo;
}

/**
 * Convolutions, alone and with bias and activation. tfjs' own gives zeros for padding `same` with a stride
 * larger than the filter.
 */
export function conv2D(tools: SimdTools): readonly tf.KernelConfig[] {
  return [
    createSimdKernel<ConvInputs, tf.Conv2DAttrs>('Conv2D', tools, ({ x, filter }, attrs) => {
      return convolve(tools, x, filter, computeConvInfo(x.shape, filter.shape, attrs), undefined, false);
    }),
    createSimdKernel<FusedInputs, tf.FusedConv2DAttrs>(
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
