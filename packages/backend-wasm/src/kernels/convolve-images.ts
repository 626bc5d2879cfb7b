import type * as tf from '@tensorflow/tfjs-core';
import { clearMemory, type SimdTools, withScratch } from '../simd/simd-kernel.js';
import { copyFrame, type Frame, growFrame, writePixelOffsets } from './frame.js';

/** A convolution of a batch of images with the channels last, forward or for a gradient. */
export interface Convolution {
  readonly x: tf.TensorInfo;
  /** The tensor to write. */
  readonly y: tf.TensorInfo;
  /** What the filter reads of each image. */
  readonly frame: Frame;
  readonly filter: { readonly height: number; readonly width: number };
  readonly strides: readonly [y: number, x: number];
  readonly dilations: readonly [y: number, x: number];
  /** Packs the filter at an address: for each panel, its taps row by row. */
  packFilter(panels: number): void;
  readonly bias?: tf.TensorInfo | undefined;
  /** Whether negative values become zero. */
  readonly relu?: boolean;
}

/** Convolves each image: by squares of 2 × 2 pixels if that is faster, else pixel by pixel. */
export function convolveImages(tools: SimdTools, convolution: Convolution): void {
  if (isFasterBySquares(convolution)) convolveBySquares(tools, convolution);
  else convolveByPixels(tools, convolution);
}

function isFasterBySquares({ frame, y, filter, strides, dilations }: Convolution): boolean {
  const [, height = 0, width = 0, columns = 0] = y.shape;
  return columns >= 4 && fitsSquares(filter, strides, dilations, frame.channels, height, width);
}

/**
 * Squares of 2 × 2 output pixels need 3 × 3 taps side by side, and the SIMD code whole vectors of input channels. They
 * take 4 products per pixel instead of 9, also for pixels beyond an odd edge, and the transforms a quarter more
 * time. With few channels, these take longer.
 */
export function fitsSquares(
  filter: Convolution['filter'],
  strides: Convolution['strides'],
  dilations: Convolution['dilations'],
  channels: number,
  height: number,
  width: number,
): boolean {
  const isFit = filter.height === 3 && filter.width === 3 && channels % 4 === 0;
  const isDense = [...strides, ...dilations].every((step) => step === 1);
  const products = 16 * Math.ceil(height / 2) * Math.ceil(width / 2);
  return isFit && isDense && channels >= 8 && 1.25 * products <= 9 * height * width;
}

/** By Winograd's algorithm, see assembly/winograd.ts. */
function convolveBySquares(tools: SimdTools, convolution: Convolution): void {
  const { simd, heap } = tools;
  const { y, bias, relu = false } = convolution;
  const [, height = 0, width = 0, columns = 0] = y.shape;
  const frame = growToSquares(convolution.frame, height, width);
  const depth = frame.channels;
  const panelBytes = depth * roundToPanels(columns) * 4;
  // For each of 16 planes: 32 squares of the image, their products, and a gap against conflicts in the cache.
  const scratchBytes = 16 * (32 * depth * 4 + 64) + 16 * (32 * roundToPanels(columns) * 4 + 64);
  withScratch(
    heap,
    [9 * panelBytes, 16 * panelBytes, scratchBytes],
    (panels = 0, planes = 0, scratch = 0) => {
      convolution.packFilter(panels);
      simd.transformFilter(panels, depth, roundToPanels(columns) / 8, planes);
      const biasAt = bias === undefined ? 0 : heap.address(bias);
      visitFrames(tools, convolution, frame, (from, to) =>
        simd.convolveSquares(
          from,
          frame.rowBytes,
          planes,
          to,
          height,
          width,
          depth,
          columns,
          biasAt,
          relu ? 1 : 0,
          scratch,
        ),
      );
    },
  );
}

function convolveByPixels(tools: SimdTools, convolution: Convolution): void {
  const { simd, heap } = tools;
  const { y, frame, filter, strides, dilations, bias, relu = false } = convolution;
  const [, height = 0, width = 0, columns = 0] = y.shape;
  const pixels = height * width;
  const depth = filter.height * filter.width * frame.channels;
  const sizes = [pixels * 4, depth * roundToPanels(columns) * 4, 128];
  withScratch(heap, sizes, (offsets = 0, panels = 0, scratch = 0) => {
    const [stepY, stepX] = [strides[0] * frame.rowBytes, strides[1] * frame.channels * 4];
    writePixelOffsets(heap, offsets, height, width, stepY, stepX);
    convolution.packFilter(panels);
    const walk = getFilterWalk(filter, dilations, frame);
    const biasAt = bias === undefined ? 0 : heap.address(bias);
    visitFrames(tools, convolution, frame, (from, to) =>
      simd.convolve(from, offsets, panels, to, pixels, columns, ...walk, biasAt, relu ? 1 : 0, scratch),
    );
  });
}

/** Calls `compute` for each image with the addresses of its frame and of its output. */
function visitFrames(
  tools: SimdTools,
  { x, y }: Convolution,
  frame: Frame,
  compute: (from: number, to: number) => void,
): void {
  const { heap } = tools;
  const [batchSize = 0, height = 0, width = 0, columns = 0] = y.shape;
  const imageBytes = frame.image.height * frame.image.width * frame.channels * 4;
  withScratch(heap, [frame.isImage ? 0 : frame.byteLength], (framed = 0) => {
    if (!frame.isImage) clearMemory(heap, framed, frame.byteLength);
    for (let image = 0; image < batchSize; image++) {
      const from = heap.address(x) + image * imageBytes;
      if (!frame.isImage) copyFrame(tools, frame, from, framed);
      compute(frame.isImage ? from : framed, heap.address(y) + image * height * width * columns * 4);
    }
  });
}

/**
 * The layout of the taps of a filter in a frame: runs of contiguous floats, runs in a row of taps, and rows.
 */
function getFilterWalk(
  { width, height }: Convolution['filter'],
  [dilationY, dilationX]: Convolution['dilations'],
  { channels, rowBytes }: Frame,
): [inner: number, outer: number, outerStep: number, taps: number, tapStep: number] {
  if (dilationX === 1) return [width * channels, height, dilationY * rowBytes, 1, 0];
  return [channels, width, dilationX * channels * 4, height, dilationY * rowBytes];
}

/** Rounds a number of columns up to whole panels of 8. */
export function roundToPanels(columns: number): number {
  return Math.ceil(columns / 8) * 8;
}

/** Grows a frame to what all squares of 2 × 2 output pixels read. */
export function growToSquares(frame: Frame, height: number, width: number): Frame {
  return growFrame(frame, Math.ceil(height / 2) * 2 + 2, Math.ceil(width / 2) * 2 + 2);
}
