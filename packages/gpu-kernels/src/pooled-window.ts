import { backend_util } from '@tensorflow/tfjs-core';

/** What a max-pooling window is, over depth, height and width. Pooling of images has depth 1. */
export interface PooledWindow {
  /** Of the input: batch, depth, height, width, channels. */
  readonly inShape: readonly number[];
  readonly outShape: readonly number[];
  readonly filter: readonly [number, number, number];
  readonly strides: readonly [number, number, number];
  readonly pads: readonly [number, number, number];
}

interface PoolAttrs {
  readonly filterSize: [number, number] & [number, number, number];
  readonly strides: [number, number] & [number, number, number];
  readonly pad: number | 'valid' | 'same';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The window of the attributes that tfjs gives MaxPoolGrad and MaxPool3DGrad. */
export function pooledWindow(shape: number[], attrs: object): PooledWindow {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as PoolAttrs;
  if (shape.length === 5) {
    const info = backend_util.computePool3DInfo(
      shape as Shape5D,
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    return {
      inShape: shape,
      outShape: info.outShape,
      filter: [info.filterDepth, info.filterHeight, info.filterWidth],
      strides: [info.strideDepth, info.strideHeight, info.strideWidth],
      pads: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    };
  }
  const info = backend_util.computePool2DInfo(shape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode);
  return {
    inShape: withDepth(shape),
    outShape: withDepth(info.outShape),
    filter: [1, info.filterHeight, info.filterWidth],
    strides: [1, info.strideHeight, info.strideWidth],
    pads: [0, info.padInfo.top, info.padInfo.left],
  };
}

type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];

function withDepth([batch = 0, ...rest]: readonly number[]): number[] {
  return [batch, 1, ...rest];
}
