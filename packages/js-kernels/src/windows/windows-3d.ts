import * as tf from '@tensorflow/tfjs-core';
import { computeStrides, type Windows } from './windows.js';

/** The windows of an operation on volumes. */
function getWindows3d(info: tf.backend_util.Conv3DInfo): Windows {
  const { inDepth, inHeight, inWidth, inChannels, outDepth, outHeight, outWidth, outChannels, padInfo } =
    info;
  const channelsLast = info.dataFormat === 'channelsLast';
  return {
    batchSize: info.batchSize,
    inChannels,
    outChannels,
    inDepth,
    inHeight,
    inWidth,
    outDepth,
    outHeight,
    outWidth,
    filterDepth: info.filterDepth,
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    strideDepth: info.strideDepth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    dilationDepth: info.dilationDepth,
    dilationHeight: info.dilationHeight,
    dilationWidth: info.dilationWidth,
    padFront: padInfo.front,
    padTop: padInfo.top,
    padLeft: padInfo.left,
    input: computeStrides(inDepth, inHeight, inWidth, inChannels, channelsLast),
    output: computeStrides(outDepth, outHeight, outWidth, outChannels, channelsLast),
  };
}

/** The attributes that the kernels of a convolution of volumes share. */
export type ConvAttributes3d = Pick<tf.Conv3DAttrs, 'strides' | 'pad'> &
  Partial<Pick<tf.Conv3DAttrs, 'dataFormat' | 'dilations'>>;

/** The windows and the output shape of a convolution of volumes. */
export function getConvWindows3d(
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvAttributes3d,
): { windows: Windows; outShape: number[] } {
  const { strides, pad, dataFormat = 'NDHWC', dilations = 1 } = attributes;
  const info = tf.backend_util.computeConv3DInfo(
    xShape as [number, number, number, number, number],
    filterShape as [number, number, number, number, number],
    strides,
    dilations,
    pad,
    false,
    dataFormat === 'NCDHW' ? 'channelsFirst' : 'channelsLast',
  );
  return { windows: getWindows3d(info), outShape: info.outShape };
}

export type PoolAttributes3d = Pick<tf.MaxPool3DAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'> &
  Partial<Pick<tf.MaxPool3DAttrs, 'dataFormat'>>;

/** The windows and the output shape of a pooling of volumes. */
export function getPoolWindows3d(
  shape: readonly number[],
  attributes: PoolAttributes3d,
): { windows: Windows; outShape: number[] } {
  const { filterSize, strides, pad, dimRoundingMode, dataFormat } = attributes;
  const info = tf.backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
    dataFormat,
  );
  return { windows: getWindows3d(info), outShape: info.outShape };
}
