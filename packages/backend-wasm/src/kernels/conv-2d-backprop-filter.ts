import type * as tf from '@tensorflow/tfjs-core';
import { clearMemory, createSimdKernel, type SimdTools, withScratch } from '../simd/simd-kernel.js';
import { fitsSquares, growToSquares, roundToPanels } from './convolve-images.js';
import { computeConvInfo, type ConvInfo, copyFrame, getInputFrame } from './frame.js';

/** Squares of 2 × 2 pixels that the SIMD code takes at a time. */
const SQUARES = 64;

/** Rows that the SIMD code sums in single precision. */
const RUN = 64;

interface Inputs {
  readonly x: tf.TensorInfo;
  readonly dy: tf.TensorInfo;
}

/** Called before the images up to `end` are read. */
type OnImages = (end: number) => void;

/** The gradient of a convolution with respect to its filter: by squares if that is faster, else by pixels. */
export function conv2DBackpropFilter(tools: SimdTools): tf.KernelConfig {
  return createSimdKernel<Inputs, tf.Conv2DBackpropFilterAttrs>(
    'Conv2DBackpropFilter',
    tools,
    ({ x, dy }, attrs) => multiply(tools, x, dy, computeConvInfo(x.shape, attrs.filterShape, attrs)),
  );
}

/**
 * The gradients of a convolution with respect to its filter and its bias. Each image of `dy` is summed while it is in
 * the cache, with the bits of the kernel Sum.
 */
export function conv2DFilterAndBiasGradients(tools: SimdTools): tf.KernelConfig {
  const { simd, heap } = tools;
  return createSimdKernel<Inputs, tf.Conv2DBackpropFilterAttrs>(
    'KeepfitConv2DFilterAndBiasGradients',
    tools,
    ({ x, dy }, attrs) => {
      const info = computeConvInfo(x.shape, attrs.filterShape, attrs);
      const { batchSize, outHeight, outWidth, outChannels } = info;
      return withScratch(heap, [outChannels * 8], (sums = 0) => {
        clearMemory(heap, sums, outChannels * 8);
        let done = 0;
        const addImages: OnImages = (end) => {
          const rows = end * outHeight * outWidth;
          const next = end === batchSize ? rows : rows - (rows % RUN);
          simd.addColumnSums(heap.address(dy) + done * outChannels * 4, next - done, outChannels, sums);
          done = next;
        };
        // Sum takes the numbers of a single column in another order.
        const isColumn = outChannels === 1;
        const filter = multiply(tools, x, dy, info, isColumn ? undefined : addImages);
        const bias = heap.output([outChannels]);
        const to = heap.address(bias);
        if (isColumn) simd.sumRows(heap.address(dy), 1, batchSize * outHeight * outWidth, to, 1);
        else simd.putColumnSums(sums, outChannels, to);
        return [filter, bias];
      });
    },
  );
}

function multiply(
  tools: SimdTools,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: ConvInfo,
  onImages?: OnImages,
): tf.TensorInfo {
  return (isFasterBySquares(info) ? multiplySquares : multiplyPixels)(tools, x, dy, info, onImages);
}

/** With fewer squares in a batch, the planes of sums take longer than the products. */
function isFasterBySquares(info: ConvInfo): boolean {
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = info;
  const filter = { height: info.filterHeight, width: info.filterWidth };
  const strides = [info.strideHeight, info.strideWidth] as const;
  const dilations = [info.dilationHeight, info.dilationWidth] as const;
  const isFit = outChannels % 4 === 0 && batchSize * countSquares(info) >= SQUARES;
  return isFit && fitsSquares(filter, strides, dilations, inChannels, outHeight, outWidth);
}

function countSquares({ outHeight, outWidth }: ConvInfo): number {
  return Math.ceil(outHeight / 2) * Math.ceil(outWidth / 2);
}

/** By Winograd's algorithm, see assembly/winograd-filter-gradient.ts. Several small images are taken at a time. */
function multiplySquares(
  tools: SimdTools,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: ConvInfo,
  onImages?: OnImages,
): tf.TensorInfo {
  const { simd, heap } = tools;
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = info;
  const gradient = heap.output(info.filterShape);
  const frame = growToSquares(getInputFrame(info), outHeight, outWidth);
  const atOnce = Math.min(batchSize, Math.max(1, Math.floor(SQUARES / countSquares(info))));
  const imageBytes = info.inHeight * info.inWidth * inChannels * 4;
  const dyBytes = outHeight * outWidth * outChannels * 4;
  const columns = roundToPanels(outChannels);
  // For each of 16 planes: the squares of the input and of dy, and gaps against conflicts in the cache.
  const squareBytes = 16 * (SQUARES * (inChannels + columns) * 4 + 128);
  const frameBytes = frame.isImage ? 0 : frame.byteLength;
  const sizes = [atOnce * frameBytes, 16 * inChannels * columns * 4, squareBytes];
  withScratch(heap, sizes, (framed = 0, sums = 0, scratch = 0) => {
    if (!frame.isImage) clearMemory(heap, framed, atOnce * frameBytes);
    for (let image = 0; image < batchSize; image += atOnce) {
      const images = Math.min(atOnce, batchSize - image);
      onImages?.(image + images);
      const from = heap.address(x) + image * imageBytes;
      for (let i = 0; i < images && !frame.isImage; i++)
        copyFrame(tools, frame, from + i * imageBytes, framed + i * frameBytes);
      simd.addFilterPlanes(
        frame.isImage ? from : framed,
        frame.rowBytes,
        frame.isImage ? imageBytes : frameBytes,
        heap.address(dy) + image * dyBytes,
        images,
        outHeight,
        outWidth,
        inChannels,
        outChannels,
        sums,
        image > 0 ? 1 : 0,
        scratch,
      );
    }
    simd.combineFilterPlanes(sums, inChannels, outChannels, heap.address(gradient));
  });
  return gradient;
}

/** For each image, the product of the pixels under every tap with dy. */
function multiplyPixels(
  tools: SimdTools,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: ConvInfo,
  onImages?: OnImages,
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
      onImages?.(image + 1);
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
