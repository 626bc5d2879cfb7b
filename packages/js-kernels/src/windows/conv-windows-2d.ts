import { backend_util, type Conv2DAttrs } from '@tensorflow/tfjs-core';
import type { Windows } from './windows.js';
import { windows2d } from './windows-2d.js';

/** What the kernels of a flat convolution have in common. tfjs leaves `dilations` out of its gradients, which know none. */
export type ConvAttributes = Pick<Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'> &
  Partial<Pick<Conv2DAttrs, 'dilations'>>;

/** The windows and the output shape of a convolution. */
export function convWindows2d(
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvAttributes,
): { windows: Windows; outShape: number[] } {
  const { strides, pad, dataFormat = 'NHWC', dilations = 1, dimRoundingMode } = attributes;
  const info = backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
    false,
    backend_util.convertConv2DDataFormat(dataFormat),
  );
  return { windows: windows2d(info), outShape: info.outShape };
}
