import * as tf from '@tensorflow/tfjs-core';
import { sumToShape } from './axes.js';
import { defineGradient, runFusedKernel, runFusedKernels, runKernel } from './define-gradient.js';
import { dilate, dilateShape, undilate } from './dilate.js';

const save = { inputsToSave: ['x', 'filter'] };

type FusedAttrs = tf.Conv2DAttrs & { readonly hasBias?: boolean };

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
  defineGradient<FusedAttrs>('KeepfitConv2D', save, (dy, saved, { strides, pad, dilations, hasBias }) => {
    const attrs = { strides, pad, dataFormat: 'NHWC' };
    const kernels = [tf.Conv2DBackpropInput, tf.Conv2DBackpropFilter] as const;
    const rates = listRates(dilations, 2);
    const separate = differentiateConvolution(dy, saved, rates, attrs, kernels);
    const bias = (): tf.Tensor => sumToShape(dy, dy.shape.slice(-1));
    if (hasBias !== true || rates.some((rate) => rate !== 1)) return { ...separate, bias };
    return { ...separate, ...differentiateTogether(dy, saved, attrs, { ...separate, bias }) };
  }),
  defineGradient('KeepfitReluResult', { outputsToSave: [true] }, (dy, saved) => {
    const [y] = saved as [tf.Tensor];
    return {
      x: () =>
        runFusedKernel('KeepfitReluGradient', { dy, x: y }, { max: Infinity }) ?? tf.mul(dy, tf.step(y)),
    };
  }),
];

/**
 * The gradients of filter and bias by one kernel, if the backend has it; otherwise those of `separate`. tfjs asks for
 * each in another scope, filter first, and for none that is not trained. So the filter's computes both, in the
 * scope of the whole backward pass, which frees the bias' even if nobody asks for it.
 */
function differentiateTogether(
  dy: tf.Tensor,
  [x, filter]: readonly tf.Tensor[],
  attrs: object,
  separate: Record<string, () => tf.Tensor>,
): Record<string, () => tf.Tensor> {
  const { state } = tf.engine();
  const backward = state.activeScope;
  let ofBias: tf.Tensor | undefined;
  const runBoth = (): tf.Tensor | undefined => {
    const inner = state.activeScope;
    state.activeScope = backward;
    try {
      const inputs = { x: x as tf.Tensor, dy };
      const all = { ...attrs, filterShape: filter?.shape };
      const results = runFusedKernels('KeepfitConv2DFilterAndBiasGradients', inputs, all as tf.NamedAttrMap);
      ofBias = results?.[1];
      return results?.[0];
    } finally {
      state.activeScope = inner;
    }
  };
  return {
    filter: () => runBoth() ?? (separate['filter'] as () => tf.Tensor)(),
    bias: () => ofBias ?? (separate['bias'] as () => tf.Tensor)(),
  };
}

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
