import type * as tf from '@tensorflow/tfjs-core';
import { createSimdKernel, type SimdTools } from '../simd/simd-kernel.js';
import { applyActivation } from './apply-activation.js';
import { convolveImages } from './convolve-images.js';
import { computeConvInfo, type ConvInfo, getInputFrame } from './frame.js';
import { findOtherKernel } from './other-kernel.js';

interface ConvInputs {
  readonly x: tf.TensorInfo;
  readonly filter: tf.TensorInfo;
}

interface FusedInputs extends ConvInputs {
  readonly bias?: tf.TensorInfo;
  readonly preluActivationWeights?: tf.TensorInfo;
}

/**
 * A convolution. tfjs' own gives zeros for padding `same` with a stride larger than the filter.
 */
export function conv2D(tools: SimdTools): tf.KernelConfig {
  return createSimdKernel<ConvInputs, tf.Conv2DAttrs>('Conv2D', tools, ({ x, filter }, attrs) => {
    return convolve(tools, x, filter, computeConvInfo(x.shape, filter.shape, attrs), undefined, false);
  });
}

/**
 * A convolution with bias and activation. Images with the channels first go to another kernel, except for the
 * activations that it would compute with the engine's Math: engines round differently.
 */
export function fusedConv2D(tools: SimdTools, others: readonly tf.KernelConfig[]): tf.KernelConfig {
  const other = findOtherKernel('FusedConv2D', others);
  return createSimdKernel<FusedInputs, tf.FusedConv2DAttrs>('FusedConv2D', tools, (inputs, attrs) => {
    const { x, filter, bias, preluActivationWeights } = inputs;
    if (attrs.dataFormat === 'NCHW') {
      const isByMath = attrs.activation === 'elu' || attrs.activation === 'sigmoid';
      const y = other({
        inputs: inputs as unknown as tf.NamedTensorInfoMap,
        attrs: { ...attrs, ...(isByMath ? { activation: 'linear' } : {}) } as unknown as tf.NamedAttrMap,
        backend: tools.backend,
      }) as tf.TensorInfo;
      return isByMath ? applyActivation(tools, y, attrs, undefined) : y;
    }
    const info = computeConvInfo(x.shape, filter.shape, attrs);
    const y = convolve(tools, x, filter, info, bias, attrs.activation === 'relu');
    return applyActivation(tools, y, attrs, preluActivationWeights);
  });
}

/**
 * A convolution with bias and relu for training, where tfjs takes three ops, and the same memory as the
 * result of relu, for its gradient.
 */
export function trainedConv2D(tools: SimdTools): readonly tf.KernelConfig[] {
  return [
    createSimdKernel<FusedInputs, tf.Conv2DAttrs & { relu: boolean }>(
      'KeepfitConv2D',
      tools,
      ({ x, filter, bias }, attrs) =>
        convolve(tools, x, filter, computeConvInfo(x.shape, filter.shape, attrs), bias, attrs.relu),
    ),
    createSimdKernel<{ x: tf.TensorInfo }, object>('KeepfitReluResult', tools, ({ x }) =>
      tools.heap.reshaped(x, x.shape),
    ),
  ];
}

function convolve(
  tools: SimdTools,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
  bias: tf.TensorInfo | undefined,
  relu: boolean,
): tf.TensorInfo {
  const { simd, heap } = tools;
  const { inChannels, outChannels, filterHeight, filterWidth } = info;
  const depth = filterHeight * filterWidth * inChannels;
  const y = heap.output(info.outShape);
  convolveImages(tools, {
    ...{ x, y, bias, relu, frame: getInputFrame(info) },
    filter: { height: filterHeight, width: filterWidth },
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    packFilter: (panels) =>
      simd.pack(heap.address(filter), outChannels * 4, 4, depth, outChannels, panels, depth * 32),
  });
  return y;
}
