import type * as tf from '@tensorflow/tfjs-core';
import { clearMemory, createSimdKernel, type SimdTools, withScratch } from '../simd/simd-kernel.js';
import { convolveImages, roundToPanels } from './convolve-images.js';
import {
  computeConvInfo,
  type ConvInfo,
  copyFrame,
  getGradientFrame,
  getInputFrame,
  writePixelOffsets,
} from './frame.js';

/**
 * The gradient of a convolution with respect to its input. tfjs' conv2dTranspose computes it forward as well.
 */
export function conv2DBackpropInput(tools: SimdTools): tf.KernelConfig {
  return createSimdKernel<{ dy: tf.TensorInfo; filter: tf.TensorInfo }, tf.Conv2DBackpropInputAttrs>(
    'Conv2DBackpropInput',
    tools,
    ({ dy, filter }, attrs) => {
      const info = computeConvInfo(attrs.inputShape, filter.shape, attrs);
      // Few input channels would leave most of a panel of 8 empty.
      const isDense = info.strideHeight === 1 && info.strideWidth === 1;
      return isDense && info.inChannels > 4
        ? convolveByFlippedFilter(tools, dy, filter, info)
        : scatterProducts(tools, dy, filter, info);
    },
  );
}

/** Stride 1: convolves dy with the filter rotated by 180 degrees and its channels swapped. */
function convolveByFlippedFilter(
  tools: SimdTools,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const { simd, heap } = tools;
  const { inChannels, outChannels, filterHeight, filterWidth } = info;
  const dx = heap.output(info.inShape);
  const taps = filterHeight * filterWidth;
  const tapBytes = outChannels * 32;
  convolveImages(tools, {
    ...{ x: dy, y: dx, frame: getGradientFrame(info) },
    filter: { height: filterHeight, width: filterWidth },
    strides: [1, 1],
    dilations: [info.dilationHeight, info.dilationWidth],
    packFilter(panels) {
      for (let tap = 0; tap < taps; tap++) {
        const from = heap.address(filter) + (taps - 1 - tap) * inChannels * outChannels * 4;
        simd.pack(
          from,
          4,
          outChannels * 4,
          outChannels,
          inChannels,
          panels + tap * tapBytes,
          taps * tapBytes,
        );
      }
    },
  });
  return dx;
}

/**
 * Larger strides, or few channels: adds each output pixel's products with every tap to the input pixels that
 * they came from.
 */
function scatterProducts(
  tools: SimdTools,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  const { simd, heap } = tools;
  const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const dx = heap.output(info.inShape);
  const frame = getInputFrame(info);
  const pixels = outHeight * outWidth;
  const taps = filterHeight * filterWidth;
  const columns = taps * inChannels;
  const imageBytes = info.inHeight * info.inWidth * inChannels * 4;
  const sizes = [
    pixels * 4,
    taps * 4,
    outChannels * roundToPanels(columns) * 4,
    pixels * columns * 4,
    frame.byteLength,
    128,
  ];
  withScratch(
    heap,
    sizes,
    (offsets = 0, tapOffsets = 0, panels = 0, products = 0, framed = 0, scratch = 0) => {
      const stepY = info.strideHeight * frame.rowBytes;
      writePixelOffsets(heap, offsets, outHeight, outWidth, stepY, info.strideWidth * inChannels * 4);
      const tapY = info.dilationHeight * frame.rowBytes;
      const tapX = info.dilationWidth * inChannels * 4;
      writePixelOffsets(heap, tapOffsets, filterHeight, filterWidth, tapY, tapX);
      simd.pack(heap.address(filter), 4, outChannels * 4, outChannels, columns, panels, outChannels * 32);
      for (let image = 0; image < batchSize; image++) {
        const from = heap.address(dy) + image * pixels * outChannels * 4;
        simd.product(
          from,
          outChannels * 4,
          4,
          panels,
          products,
          columns * 4,
          pixels,
          columns,
          outChannels,
          scratch,
        );
        clearMemory(heap, framed, frame.byteLength);
        simd.scatterColumns(products, offsets, tapOffsets, framed, pixels, taps, inChannels);
        copyFrame(tools, frame, heap.address(dx) + image * imageBytes, framed, true);
      }
    },
  );
  return dx;
}
