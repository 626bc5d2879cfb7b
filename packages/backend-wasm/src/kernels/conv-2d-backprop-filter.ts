import type * as tf from '@tensorflow/tfjs-core';
import { clearMemory, createSimdKernel, type SimdTools, withScratch } from '../simd/simd-kernel.js';
import { roundToPanels } from './convolve-images.js';
import { computeConvInfo, type ConvInfo, copyFrame, getInputFrame } from './frame.js';

/**
 * The gradient of a convolution with respect to its filter. For each image it is a product of the pixels
 * under every tap with dy.
 */
export function conv2DBackpropFilter(tools: SimdTools): tf.KernelConfig {
  return createSimdKernel<{ x: tf.TensorInfo; dy: tf.TensorInfo }, tf.Conv2DBackpropFilterAttrs>(
    'Conv2DBackpropFilter',
    tools,
    ({ x, dy }, attrs) => {
      return computeFilterGradient(tools, x, dy, computeConvInfo(x.shape, attrs.filterShape, attrs));
    },
  );
}

function computeFilterGradient(
  tools: SimdTools,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const { simd, heap } = tools;
  const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const gradient = heap.output(info.filterShape);
  const frame = getInputFrame(info);
  const pixels = outHeight * outWidth;
  const rows = filterHeight * filterWidth * inChannels;
  const sizes = [
    rows * 4,
    pixels * roundToPanels(outChannels) * 4,
    frame.isImage ? 0 : frame.byteLength,
    128,
  ];
  withScratch(heap, sizes, (offsets = 0, panels = 0, framed = 0, scratch = 0) => {
    heap.compute([offsets], (buffer, at = 0) =>
      writeTapOffsets(new Uint32Array(buffer, at, rows), info, frame.rowBytes),
    );
    if (!frame.isImage) clearMemory(heap, framed, frame.byteLength);
    if (batchSize === 0) heap.floats(gradient).fill(0);
    const imageBytes = info.inHeight * info.inWidth * inChannels * 4;
    const stepX = info.strideWidth * inChannels * 4;
    const stepY = info.strideHeight * frame.rowBytes;
    for (let image = 0; image < batchSize; image++) {
      const from = heap.address(x) + image * imageBytes;
      if (!frame.isImage) copyFrame(tools, frame, from, framed);
      simd.pack(
        heap.address(dy) + image * pixels * outChannels * 4,
        outChannels * 4,
        4,
        pixels,
        outChannels,
        panels,
        pixels * 32,
      );
      const at = frame.isImage ? from : framed;
      const add = image > 0 ? 1 : 0;
      simd.filterGradient(
        at,
        offsets,
        stepX,
        stepY,
        panels,
        outHeight,
        outWidth,
        heap.address(gradient),
        rows,
        outChannels,
        add,
        scratch,
      );
    }
  });
  return gradient;
}

function writeTapOffsets(table: Uint32Array, info: ConvInfo, rowBytes: number): void {
  const { filterHeight, filterWidth, inChannels, dilationHeight, dilationWidth } = info;
  let index = 0;
  for (let y = 0; y < filterHeight; y++) {
    for (let x = 0; x < filterWidth; x++) {
      const tap = y * dilationHeight * rowBytes + x * dilationWidth * inChannels * 4;
      for (let channel = 0; channel < inChannels; channel++) table[index++] = tap + channel * 4;
    }
  }
}
