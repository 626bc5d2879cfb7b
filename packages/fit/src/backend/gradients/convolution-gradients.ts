import * as tf from '@tensorflow/tfjs-core';
import { sumToShape } from './axes.js';
import { defineGradient, runFusedKernel, runKernel } from './define-gradient.js';
import { dilate, dilateShape, undilate } from './dilate.js';

const save = { inputsToSave: ['x', 'filter'] };

/**
 * tfjs throws if a convolution is dilated, and has no gradient for the transposed convolution in three
 * dimensions. A dilated filter is a filter with zeros between its weights, so the kernels for rate 1 compute
 * these gradients too.
 */
export const convolutionGradients: readonly tf.GradConfig[] = [
  defineGradient<tf.Conv2DAttrs>(
    tf.Conv2D,
    save,
    (dy, saved, { strides, pad, dataFormat, dimRoundingMode, dilations }) => {
      return differentiateConvolution(
        dy,
        saved,
        listRates(dilations, 2),
        { strides, pad, dataFormat, dimRoundingMode },
        [tf.Conv2DBackpropInput, tf.Conv2DBackpropFilter],
      );
    },
  ),
  defineGradient<tf.DepthwiseConv2dNativeAttrs>(
    tf.DepthwiseConv2dNative,
    save,
    (dy, saved, { strides, pad, dimRoundingMode, dilations }) => {
      const attrs = { strides, pad, dimRoundingMode, dilations: [1, 1] };
      return differentiateConvolution(dy, saved, listRates(dilations, 2), attrs, [
        tf.DepthwiseConv2dNativeBackpropInput,
        tf.DepthwiseConv2dNativeBackpropFilter,
      ]);
    },
  ),
  defineGradient<tf.Conv3DAttrs>(tf.Conv3D, save, (dy, saved, { strides, pad, dilations }) => {
    return differentiateConvolution(dy, saved, listRates(dilations, 3), { strides, pad }, [
      tf.Conv3DBackpropInputV2,
      tf.Conv3DBackpropFilterV2,
    ]);
  }),
  defineGradient<tf.Conv3DBackpropInputV2Attrs>(
    tf.Conv3DBackpropInputV2,
    { inputsToSave: ['dy', 'filter'] },
    (ddx, saved, attrs) => {
      const [dy, filter] = saved as [tf.Tensor, tf.Tensor5D];
      const { strides, pad } = attrs as tf.Conv3DBackpropInputV2Attrs & { strides: number };
      return {
        dy: () => tf.conv3d(ddx as tf.Tensor5D, filter, strides, pad),
        filter: () =>
          runKernel(tf.Conv3DBackpropFilterV2, { x: ddx, dy }, { strides, pad, filterShape: filter.shape }),
      };
    },
  ),
];

/**
 * A convolution with bias and relu as one kernel, and the same memory once more as the result of relu. So the
 * first has the gradient of a convolution with bias, the second that of relu, and tfjs frees each tensor as
 * soon as it can. Both compute the bits of separate ops.
 */
export const fusedConvolutionGradients: readonly tf.GradConfig[] = [
  defineGradient<tf.Conv2DAttrs>('KeepfitConv2D', save, (dy, saved, { strides, pad, dilations }) => {
    const attrs = { strides, pad, dataFormat: 'NHWC' };
    const kernels = [tf.Conv2DBackpropInput, tf.Conv2DBackpropFilter] as const;
    const bias = (): tf.Tensor => sumToShape(dy, dy.shape.slice(-1));
    return { ...differentiateConvolution(dy, saved, listRates(dilations, 2), attrs, kernels), bias };
  }),
  defineGradient('KeepfitReluResult', { outputsToSave: [true] }, (dy, saved) => {
    const [y] = saved as [tf.Tensor];
    return {
      x: () =>
        runFusedKernel('KeepfitReluGradient', { dy, x: y }, { max: Infinity }) ?? tf.mul(dy, tf.step(y)),
    };
  }),
];

function differentiateConvolution(
  dy: tf.Tensor,
  saved: readonly tf.Tensor[],
  rates: readonly number[],
  attrs: object,
  [ofInput, ofFilter]: readonly [string, string],
): Record<string, () => tf.Tensor> {
  const [x, filter] = saved as [tf.Tensor, tf.Tensor];
  return {
    x: () => runKernel(ofInput, { dy, filter: dilate(filter, rates) }, { ...attrs, inputShape: x.shape }),
    filter: () =>
      undilate(
        runKernel(ofFilter, { x, dy }, { ...attrs, filterShape: dilateShape(filter.shape, rates) }),
        rates,
      ),
  };
}

function listRates(dilations: number | readonly number[] | null | undefined, axes: number): number[] {
  return Array.from({ length: axes }, (_, axis) =>
    typeof dilations === 'object' ? (dilations?.[axis] ?? 1) : (dilations ?? 1),
  );
}
