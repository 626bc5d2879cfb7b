import { backend_util, type Conv3DAttrs } from '@tensorflow/tfjs-core';
import type { Windows } from './windows.js';
import { windows3d } from './windows-3d.js';

/** What the kernels of a convolution of volumes have in common. */
export type ConvAttributes3d = Pick<Conv3DAttrs, 'strides' | 'pad'> &
  Partial<Pick<Conv3DAttrs, 'dataFormat' | 'dilations'>>;

/** The windows and the output shape of a convolution of volumes. */
export function convWindows3d(
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvAttributes3d,
): { windows: Windows; outShape: number[] } {
  const { strides, pad, dataFormat = 'NDHWC', dilations = 1 } = attributes;
  const info = backend_util.computeConv3DInfo(
    xShape as [number, number, number, number, number],
    filterShape as [number, number, number, number, number],
    strides,
    dilations,
    pad,
    false,
    dataFormat === 'NCDHW' ? 'channelsFirst' : 'channelsLast',
  );
  return { windows: windows3d(info), outShape: info.outShape };
}
