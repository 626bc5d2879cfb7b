import {
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  Conv3D,
  type Conv3DAttrs,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  type Conv3DBackpropInputV2Attrs,
  conv3d,
  DepthwiseConv2dNative,
  type DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  type GradConfig,
  type Tensor,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { dilated, dilatedShape, undilated } from './dilated.js';
import { gradientOf } from './gradient-of.js';
import { runKernel } from './run-kernel.js';

const save = { inputsToSave: ['x', 'filter'] };

/**
 * tfjs throws where a convolution is dilated, and has no gradient for the transposed convolution in three dimensions. Convolving with a
 * dilated filter is convolving with one that has zeros between its weights, so the kernels for the plain case serve.
 */
export const convolutionGradients: readonly GradConfig[] = [
  gradientOf<Conv2DAttrs>(
    Conv2D,
    save,
    (dy, saved, { strides, pad, dataFormat, dimRoundingMode, dilations }) => {
      return ofConvolution(dy, saved, ratesOf(dilations, 2), { strides, pad, dataFormat, dimRoundingMode }, [
        Conv2DBackpropInput,
        Conv2DBackpropFilter,
      ]);
    },
  ),
  gradientOf<DepthwiseConv2dNativeAttrs>(
    DepthwiseConv2dNative,
    save,
    (dy, saved, { strides, pad, dimRoundingMode, dilations }) => {
      const attrs = { strides, pad, dimRoundingMode, dilations: [1, 1] };
      return ofConvolution(dy, saved, ratesOf(dilations, 2), attrs, [
        DepthwiseConv2dNativeBackpropInput,
        DepthwiseConv2dNativeBackpropFilter,
      ]);
    },
  ),
  gradientOf<Conv3DAttrs>(Conv3D, save, (dy, saved, { strides, pad, dilations }) => {
    return ofConvolution(dy, saved, ratesOf(dilations, 3), { strides, pad }, [
      Conv3DBackpropInputV2,
      Conv3DBackpropFilterV2,
    ]);
  }),
  gradientOf<Conv3DBackpropInputV2Attrs>(
    Conv3DBackpropInputV2,
    { inputsToSave: ['dy', 'filter'] },
    (ddx, saved, attrs) => {
      const [dy, filter] = saved as [Tensor, Tensor5D];
      const { strides, pad } = attrs as Conv3DBackpropInputV2Attrs & { strides: number };
      return {
        dy: () => conv3d(ddx as Tensor5D, filter, strides, pad),
        filter: () =>
          runKernel(Conv3DBackpropFilterV2, { x: ddx, dy }, { strides, pad, filterShape: filter.shape }),
      };
    },
  ),
];

function ofConvolution(
  dy: Tensor,
  saved: readonly Tensor[],
  rates: readonly number[],
  attrs: object,
  [ofInput, ofFilter]: readonly [string, string],
): Record<string, () => Tensor> {
  const [x, filter] = saved as [Tensor, Tensor];
  return {
    x: () => runKernel(ofInput, { dy, filter: dilated(filter, rates) }, { ...attrs, inputShape: x.shape }),
    filter: () =>
      undilated(
        runKernel(ofFilter, { x, dy }, { ...attrs, filterShape: dilatedShape(filter.shape, rates) }),
        rates,
      ),
  };
}

function ratesOf(dilations: number | readonly number[] | null | undefined, axes: number): number[] {
  return Array.from({ length: axes }, (_, axis) =>
    typeof dilations === 'object' ? (dilations?.[axis] ?? 1) : (dilations ?? 1),
  );
}
