import { backend_util, type DepthwiseConv2dNativeAttrs } from '@tensorflow/tfjs-core';
import type { Windows } from './windows.js';
import { windows2d } from './windows-2d.js';

export type DepthwiseAttributes = Pick<
  DepthwiseConv2dNativeAttrs,
  'strides' | 'pad' | 'dilations' | 'dimRoundingMode'
>;

/** The windows and the output shape of a depthwise convolution, which tfjs has for channels in the last place only. */
export function depthwiseWindows(
  xShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dilations, dimRoundingMode }: DepthwiseAttributes,
): { windows: Windows; outShape: number[] } {
  const info = backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  );
  return { windows: windows2d(info), outShape: info.outShape };
}
