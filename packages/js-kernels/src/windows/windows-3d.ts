import type { backend_util } from '@tensorflow/tfjs-core';
import { strides } from './strides.js';
import type { Windows } from './windows.js';

/** The windows of an operation on volumes. */
export function windows3d(info: backend_util.Conv3DInfo): Windows {
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
    input: strides(inDepth, inHeight, inWidth, inChannels, channelsLast),
    output: strides(outDepth, outHeight, outWidth, outChannels, channelsLast),
  };
}
