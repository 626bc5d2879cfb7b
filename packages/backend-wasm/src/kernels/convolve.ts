import type * as tf from '@tensorflow/tfjs-core';
import { type SimdTools, withScratch } from '../simd/simd-kernel.js';
import { type ConvInfo, copyFrame, getInputFrame, writePixelOffsets } from './frame.js';

/** Convolves x, adds a bias if there is one, and with `relu` replaces negative values by zero. */
export function convolve(
  tools: SimdTools,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
  bias: tf.TensorInfo | undefined,
  relu: boolean,
): tf.TensorInfo {
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
        bias === undefined ? 0 : heap.address(bias),
        relu ? 1 : 0,
        scratch,
      );
    }
  });
  return y;
}

/**
 * The layout of the taps of a filter in a frame: runs of contiguous floats, runs in a row of taps, and rows.
 */
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

/** Rounds a number of columns up to whole panels of 8. */
export function roundToPanels(columns: number): number {
  return Math.ceil(columns / 8) * 8;
}
