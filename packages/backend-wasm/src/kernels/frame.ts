import * as tf from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.js';
import type { SimdTools } from '../simd/simd-kernel.js';

/**
 * An image with zeros around it, or a part of it, so that a filter can pass without checking for the end of
 * the image.
 */
export interface Frame {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly rowBytes: number;
  readonly byteLength: number;
  /** The position of the image's first row and column in the frame. Negative if the frame leaves some out. */
  readonly top: number;
  readonly left: number;
  readonly image: { readonly height: number; readonly width: number };
  /** Whether the frame is the image itself. */
  readonly isImage: boolean;
}

export type ConvInfo = tf.backend_util.Conv2DInfo;

/** The frame from which a convolution of these settings reads its input. */
export function getInputFrame(info: ConvInfo): Frame {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, padInfo, strideHeight, strideWidth } = info;
  const height = Math.max(
    inHeight + padInfo.top,
    (outHeight - 1) * strideHeight + info.effectiveFilterHeight,
  );
  const width = Math.max(inWidth + padInfo.left, (outWidth - 1) * strideWidth + info.effectiveFilterWidth);
  return createFrame(
    { height: inHeight, width: inWidth },
    inChannels,
    height,
    width,
    padInfo.top,
    padInfo.left,
  );
}

/** The frame from which the flipped filter of a convolution of stride 1 reads the gradient of the output. */
export function getGradientFrame(info: ConvInfo): Frame {
  const {
    inHeight,
    inWidth,
    outChannels,
    outHeight,
    outWidth,
    padInfo,
    effectiveFilterHeight,
    effectiveFilterWidth,
  } = info;
  const image = { height: outHeight, width: outWidth };
  const height = inHeight + effectiveFilterHeight - 1;
  const width = inWidth + effectiveFilterWidth - 1;
  return createFrame(
    image,
    outChannels,
    height,
    width,
    effectiveFilterHeight - 1 - padInfo.top,
    effectiveFilterWidth - 1 - padInfo.left,
  );
}

/** The same frame with zeros below and on the right, if it is smaller than this. */
export function growFrame(frame: Frame, height: number, width: number): Frame {
  const { image, channels, top, left } = frame;
  return createFrame(
    image,
    channels,
    Math.max(frame.height, height),
    Math.max(frame.width, width),
    top,
    left,
  );
}

function createFrame(
  image: Frame['image'],
  channels: number,
  height: number,
  width: number,
  top: number,
  left: number,
): Frame {
  const rowBytes = width * channels * 4;
  const isImage = top === 0 && left === 0 && height === image.height && width === image.width;
  return { height, width, channels, rowBytes, byteLength: height * rowBytes, top, left, image, isImage };
}

/**
 * Copies the image at the address `image` into the frame at `at` without touching its margin, or out of the
 * frame with `outwards`.
 */
export function copyFrame(
  { simd }: SimdTools,
  frame: Frame,
  image: number,
  at: number,
  outwards = false,
): void {
  const { top, left, channels, rowBytes } = frame;
  const imageRow = frame.image.width * channels * 4;
  const skipRows = Math.max(0, -top);
  const skipColumns = Math.max(0, -left);
  const rows = Math.min(frame.image.height - skipRows, frame.height - Math.max(0, top));
  const columns = Math.min(frame.image.width - skipColumns, frame.width - Math.max(0, left));
  if (rows <= 0 || columns <= 0) return;
  const inImage = image + skipRows * imageRow + skipColumns * channels * 4;
  const inFrame = at + Math.max(0, top) * rowBytes + Math.max(0, left) * channels * 4;
  const length = columns * channels * 4;
  if (outwards) simd.copyRows(inFrame, rowBytes, inImage, imageRow, length, rows);
  else simd.copyRows(inImage, imageRow, inFrame, rowBytes, length, rows);
}

/**
 * Writes the offset in a frame with these steps from which each output pixel reads. Bytes, 4 a pixel, at the address
 * `table`.
 */
export function writePixelOffsets(
  heap: Heap,
  table: number,
  height: number,
  width: number,
  stepY: number,
  stepX: number,
): void {
  heap.compute([table], (buffer, at) => {
    const offsets = new Uint32Array(buffer, at, height * width);
    let index = 0;
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) offsets[index++] = y * stepY + x * stepX;
  });
}

interface ConvSettings {
  readonly strides: [number, number] | number;
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The shapes and steps of a convolution of images with the channels last. */
export function computeConvInfo(
  xShape: readonly number[],
  filterShape: readonly number[],
  settings: ConvSettings,
): ConvInfo {
  const { strides, pad, dilations = 1, dimRoundingMode } = settings;
  const x = xShape as [number, number, number, number];
  const filter = filterShape as [number, number, number, number];
  return tf.backend_util.computeConv2DInfo(x, filter, strides, dilations, pad, dimRoundingMode);
}
