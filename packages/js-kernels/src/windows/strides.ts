import type { Strides } from './windows.js';

/** The strides of a row-major tensor of images. */
export function strides(
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
