import { sizeOf } from './kernel-case.js';

/** A convolution or pooling; `space` arrays hold depth, height and width, or height and width. */
export interface Sample {
  readonly batch: number;
  readonly space: readonly number[];
  readonly inChannels: number;
  readonly filter: readonly number[];
  readonly outChannels: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pad: 'same' | 'valid' | number;
  readonly channelsFirst?: boolean;
}

function outSpace({ space, filter, stride, dilation, pad }: Sample): number[] {
  return space.map((size, axis) => {
    const reach = (filter[axis]! - 1) * dilation + 1;
    if (pad === 'same') return Math.ceil(size / stride);
    return Math.floor((size + (pad === 'valid' ? 0 : 2 * pad) - reach) / stride) + 1;
  });
}

export function shapes(sample: Sample): { x: number[]; y: number[]; filter: number[] } {
  const { batch, space, inChannels, outChannels, channelsFirst, filter } = sample;
  const lay = (room: readonly number[], channels: number) =>
    channelsFirst ? [batch, channels, ...room] : [batch, ...room, channels];
  return {
    x: lay(space, inChannels),
    y: lay(outSpace(sample), outChannels),
    filter: [...filter, inChannels, outChannels],
  };
}

/**
 * Calls back for each output position and each value of its window within the input, with offsets of their
 * first channels.
 */
export function visitWindows(
  sample: Sample,
  visit: (output: number, input: number, place: number) => void,
): void {
  const { batch, space, filter, stride, dilation, pad, inChannels, outChannels, channelsFirst } = sample;
  const out = outSpace(sample);
  const before = space.map((size, axis) => {
    if (pad === 'valid') return 0;
    if (pad !== 'same') return pad;
    return Math.floor(Math.max((out[axis]! - 1) * stride + (filter[axis]! - 1) * dilation + 1 - size, 0) / 2);
  });
  for (let image = 0; image < batch; image++) {
    for (let window = 0; window < sizeOf(out); window++) {
      const at = indexOf(window, out);
      for (let place = 0; place < sizeOf(filter); place++) {
        const from = indexOf(place, filter).map(
          (index, axis) => at[axis]! * stride - before[axis]! + index * dilation,
        );
        if (from.some((index, axis) => index < 0 || index >= space[axis]!)) continue;
        visit(
          first(image, window, sizeOf(out), outChannels, channelsFirst),
          first(image, offsetOf(from, space), sizeOf(space), inChannels, channelsFirst),
          place,
        );
      }
    }
  }
}

/** Steps from one channel to the next in the input and the output. */
export function channelSteps(sample: Sample): { input: number; output: number } {
  return sample.channelsFirst
    ? { input: sizeOf(sample.space), output: sizeOf(outSpace(sample)) }
    : { input: 1, output: 1 };
}

function first(
  image: number,
  position: number,
  positions: number,
  channels: number,
  channelsFirst = false,
): number {
  return channelsFirst ? image * positions * channels + position : (image * positions + position) * channels;
}

function indexOf(offset: number, sizes: readonly number[]): number[] {
  const index: number[] = [];
  for (const size of [...sizes].reverse()) {
    index.unshift(offset % size);
    offset = Math.floor(offset / size);
  }
  return index;
}

function offsetOf(index: readonly number[], sizes: readonly number[]): number {
  return index.reduce((offset, at, axis) => offset * sizes[axis]! + at, 0);
}
