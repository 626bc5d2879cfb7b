import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type SimdTools, withScratch } from '../simd/simd-kernel.js';
import { type ConvInfo, copyFrame, getInputFrame, writePixelOffsets } from './frame.js';

/** The convolution of x, with a bias added and negative values taken for zero where asked for. */
export function convolve(
  tools: SimdTools,
  x: TensorInfo,
  filter: TensorInfo,
  info: ConvInfo,
  bias: TensorInfo | undefined,
  relu: boolean,
): TensorInfo {
  const { simd, heap } = tools;
  const {
    batchSize,
    inChannels,
    outChannels,
    outHeight,
    outWidth,
    filterHeight,
    filterWidth,
    dilationHeight,
    dilationWidth,
  } = info;
  const y = heap.output(info.outShape);
  const frame = getInputFrame(info);
  const pixels = outHeight * outWidth;
  const depth = filterHeight * filterWidth * inChannels;
  const sizes = [
    pixels * 4,
    depth * roundToPanels(outChannels) * 4,
    frame.isImage ? 0 : frame.byteLength,
    128,
  ];
  withScratch(heap, sizes, (offsets = 0, panels = 0, framed = 0, scratch = 0) => {
    const stepY = info.strideHeight * frame.rowBytes;
    writePixelOffsets(
      new Uint32Array(heap.memory.buffer, offsets, pixels),
      outHeight,
      outWidth,
      stepY,
      info.strideWidth * inChannels * 4,
    );
    simd.pack(heap.address(filter), outChannels * 4, 4, depth, outChannels, panels, depth * 32);
    if (!frame.isImage) new Uint8Array(heap.memory.buffer, framed, frame.byteLength).fill(0);
    const walk = getFilterWalk(
      filterWidth,
      filterHeight,
      inChannels,
      dilationWidth,
      dilationHeight,
      frame.rowBytes,
    );
    const imageBytes = info.inHeight * info.inWidth * inChannels * 4;
    for (let image = 0; image < batchSize; image++) {
      const from = heap.address(x) + image * imageBytes;
      const to = heap.address(y) + image * pixels * outChannels * 4;
      if (!frame.isImage) copyFrame(tools, frame, from, framed);
      simd.convolve(
        frame.isImage ? from : framed,
        offsets,
        panels,
        to,
        pixels,
        outChannels,
        ...walk,
        scratch,
      );
      if (bias !== undefined || relu)
        simd.addBias(to, pixels, outChannels, bias === undefined ? 0 : heap.address(bias), relu ? 1 : 0);
    }
  });
  return y;
}

/** How the taps of a filter lie in a frame: runs of floats that lie together, runs a row of taps, and those rows. */
export function getFilterWalk(
  width: number,
  height: number,
  channels: number,
  dilationX: number,
  dilationY: number,
  rowBytes: number,
): [inner: number, outer: number, outerStep: number, taps: number, tapStep: number] {
  if (dilationX === 1) return [width * channels, height, dilationY * rowBytes, 1, 0];
  return [channels, width, dilationX * channels * 4, height, dilationY * rowBytes];
}

/** Columns in whole panels of 8. */
export function roundToPanels(columns: number): number {
  return Math.ceil(columns / 8) * 8;
}
