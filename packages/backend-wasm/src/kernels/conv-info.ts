import { backend_util } from '@tensorflow/tfjs-core';
import type { ConvInfo } from './frame.js';

interface ConvSettings {
  readonly strides: [number, number] | number;
  readonly pad: Parameters<typeof backend_util.computeConv2DInfo>[4];
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The shapes and steps of a convolution of images with the channels last. */
export function convInfo(
  xShape: readonly number[],
  filterShape: readonly number[],
  settings: ConvSettings,
): ConvInfo {
  const { strides, pad, dilations = 1, dimRoundingMode } = settings;
  const x = xShape as [number, number, number, number];
  const filter = filterShape as [number, number, number, number];
  return backend_util.computeConv2DInfo(x, filter, strides, dilations, pad, dimRoundingMode);
}
