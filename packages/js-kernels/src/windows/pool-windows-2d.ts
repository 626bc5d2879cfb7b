import { backend_util, type MaxPoolAttrs } from '@tensorflow/tfjs-core';
import type { Windows } from './windows.js';
import { windows2d } from './windows-2d.js';

export type PoolAttributes = Pick<MaxPoolAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'>;

/** The windows and the output shape of a pooling of flat images. */
export function poolWindows2d(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): { windows: Windows; outShape: number[] } {
  const info = backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return { windows: windows2d(info), outShape: info.outShape };
}
