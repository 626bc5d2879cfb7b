/** Elements from one index of a tensor to the next. */
export interface Strides {
  readonly batch: number;
  readonly depth: number;
  readonly row: number;
  readonly column: number;
  readonly channel: number;
}

/**
 * The windows that a convolution or a pooling takes from its input, one for each output position. Flat images
 * have a depth of 1.
 */
export interface Windows {
  readonly batchSize: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly inDepth: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outDepth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly filterDepth: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideDepth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationDepth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padFront: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly input: Strides;
  readonly output: Strides;
}

/** Computes the windows and the output shape of a pooling. */
export type PoolShapes<Attributes> = (
  shape: readonly number[],
  attributes: Attributes,
) => { windows: Windows; outShape: number[] };

/** The number of output positions, over the batch. */
export function countPositions({ batchSize, outDepth, outHeight, outWidth }: Windows): number {
  return batchSize * outDepth * outHeight * outWidth;
}

/**
 * The number of values in a window: the rows of the filter, viewed as a matrix with a column for each output
 * channel.
 */
export function countFilterValues(windows: Windows): number {
  return windows.filterDepth * windows.filterHeight * windows.filterWidth * windows.inChannels;
}

/** The strides of a row-major tensor of images. */
export function computeStrides(
  depth: number,
  height: number,
  width: number,
  channels: number,
  channelsLast: boolean,
): Strides {
  const step = channelsLast ? channels : 1;
  return {
    batch: depth * height * width * channels,
    depth: height * width * step,
    row: width * step,
    column: step,
    channel: channelsLast ? 1 : depth * height * width,
  };
}
