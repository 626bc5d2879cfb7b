import type { backend_util } from '@tensorflow/tfjs-core';
import { strides } from './strides.js';
import type { Windows } from './windows.js';

/** The windows of an operation on flat images. */
export function windows2d(info: backend_util.Conv2DInfo): Windows {
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
    input: strides(1, inHeight, inWidth, inChannels, channelsLast),
    output: strides(1, outHeight, outWidth, outChannels, channelsLast),
  };
}
