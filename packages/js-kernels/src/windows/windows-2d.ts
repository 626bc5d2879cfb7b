import * as tf from '@tensorflow/tfjs-core';
import { computeStrides, type Windows } from './windows.js';

/** The windows of an operation on flat images. */
function getWindows2d(info: tf.backend_util.Conv2DInfo): Windows {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const channelsLast = info.dataFormat === 'channelsLast';
  return {
    batchSize: info.batchSize,
    inChannels,
    outChannels,
    inDepth: 1,
    inHeight,
    inWidth,
    outDepth: 1,
    outHeight,
    outWidth,
    filterDepth: 1,
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    strideDepth: 1,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    dilationDepth: 1,
    dilationHeight: info.dilationHeight,
    dilationWidth: info.dilationWidth,
    padFront: 0,
    padTop: padInfo.top,
    padLeft: padInfo.left,
    input: computeStrides(1, inHeight, inWidth, inChannels, channelsLast),
    output: computeStrides(1, outHeight, outWidth, outChannels, channelsLast),
  };
}

/**
 * The attributes that the kernels of a flat convolution share. tfjs leaves `dilations` out of its gradients.
 */
export type ConvAttributes = Pick<tf.Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'> &
  Partial<Pick<tf.Conv2DAttrs, 'dilations'>>;

/** The windows and the output shape of a convolution. */
export function getConvWindows2d(
  xShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvAttributes,
): { windows: Windows; outShape: number[] } {
  const { strides, pad, dataFormat = 'NHWC', dilations = 1, dimRoundingMode } = attributes;
  const info = tf.backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
    false,
    tf.backend_util.convertConv2DDataFormat(dataFormat),
  );
  return { windows: getWindows2d(info), outShape: info.outShape };
}

export type DepthwiseAttributes = Pick<
  tf.DepthwiseConv2dNativeAttrs,
  'strides' | 'pad' | 'dilations' | 'dimRoundingMode'
>;

/**
 * The windows and the output shape of a depthwise convolution. tfjs has it only for channels in the last
 * place.
 */
export function getDepthwiseWindows(
  xShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dilations, dimRoundingMode }: DepthwiseAttributes,
): { windows: Windows; outShape: number[] } {
  const info = tf.backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  );
  return { windows: getWindows2d(info), outShape: info.outShape };
}

export type PoolAttributes = Pick<tf.MaxPoolAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'>;

/** The windows and the output shape of a pooling of flat images. */
export function getPoolWindows2d(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): { windows: Windows; outShape: number[] } {
  const info = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return { windows: getWindows2d(info), outShape: info.outShape };
}
