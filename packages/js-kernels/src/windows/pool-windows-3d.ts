import { backend_util, type MaxPool3DAttrs } from '@tensorflow/tfjs-core';
import type { Windows } from './windows.js';
import { windows3d } from './windows-3d.js';

export type PoolAttributes3d = Pick<MaxPool3DAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'> &
  Partial<Pick<MaxPool3DAttrs, 'dataFormat'>>;

/** The windows and the output shape of a pooling of volumes. */
export function poolWindows3d(
  shape: readonly number[],
  attributes: PoolAttributes3d,
): { windows: Windows; outShape: number[] } {
  const { filterSize, strides, pad, dimRoundingMode, dataFormat } = attributes;
  const info = backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
    dataFormat,
  );
  return { windows: windows3d(info), outShape: info.outShape };
}
