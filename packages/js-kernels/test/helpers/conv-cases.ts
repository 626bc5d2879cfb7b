import { type Given, type KernelCase, sizeOf } from './kernel-case.js';
import { numbers } from './numbers.js';
import { channelSteps, type Sample, shapes, visitWindows } from './reference-windows.js';

const flat = {
  batch: 2,
  space: [7, 6],
  inChannels: 3,
  filter: [3, 2],
  outChannels: 5,
  stride: 1,
  dilation: 1,
  pad: 'valid',
} as const;
const solid = {
  batch: 2,
  space: [4, 5, 6],
  inChannels: 2,
  filter: [2, 3, 2],
  outChannels: 3,
  stride: 1,
  dilation: 1,
  pad: 'valid',
} as const;

const samples: Record<string, Sample> = {
  'an odd window': flat,
  same: { ...flat, pad: 'same' },
  'same at stride 2': { ...flat, pad: 'same', stride: 2 },
  'a stride beyond the filter, same': { ...flat, pad: 'same', stride: 4 },
  'a stride beyond the filter': { ...flat, stride: 3 },
  'a padding of 1': { ...flat, filter: [3, 3], pad: 1, stride: 2 },
  'dilation 2': { ...flat, dilation: 2 },
  'dilation 2, same': { ...flat, dilation: 2, pad: 'same' },
  'one channel': { ...flat, inChannels: 1, outChannels: 1 },
  'a filter of one value': { ...flat, filter: [1, 1] },
  'one image': { ...flat, batch: 1, space: [5, 5], filter: [5, 5], inChannels: 4, outChannels: 9 },
  'more positions and values than a block holds': {
    ...flat,
    batch: 3,
    space: [13, 11],
    filter: [3, 3],
    inChannels: 30,
    outChannels: 6,
    pad: 'same',
  },
  'squares of 2 × 2, with odd edges': {
    ...flat,
    space: [13, 11],
    filter: [3, 3],
    inChannels: 8,
    outChannels: 12,
    pad: 'same',
  },
  'squares of 2 × 2, an odd number of channels': {
    ...flat,
    space: [6, 8],
    filter: [3, 3],
    inChannels: 12,
    outChannels: 11,
  },
  'squares of 2 × 2, a padding beyond the filter': {
    ...flat,
    space: [5, 6],
    filter: [3, 3],
    inChannels: 8,
    outChannels: 8,
    pad: 3,
  },
  'squares of 2 × 2, many small images': {
    ...flat,
    batch: 17,
    space: [5, 5],
    filter: [3, 3],
    inChannels: 8,
    outChannels: 4,
  },
  'squares of 2 × 2, one image without a margin': {
    ...flat,
    batch: 1,
    space: [18, 18],
    filter: [3, 3],
    inChannels: 12,
    outChannels: 20,
  },
  'channels first': { ...flat, channelsFirst: true },
  'channels first, same at stride 2': { ...flat, channelsFirst: true, pad: 'same', stride: 2 },
  'channels first, many positions': {
    ...flat,
    channelsFirst: true,
    space: [18, 17],
    outChannels: 4,
    pad: 'same',
  },
};

const solidSamples: Record<string, Sample> = {
  'an odd window': solid,
  same: { ...solid, pad: 'same' },
  'same at stride 2': { ...solid, pad: 'same', stride: 2 },
  'dilation 2': { ...solid, dilation: 2, space: [5, 6, 7] },
  'one channel': { ...solid, inChannels: 1, outChannels: 1 },
};

/** Convolutions of flat images and volumes, with the gradients of both operands. */
export function convCases(): KernelCase[] {
  return [
    ...Object.entries(samples).flatMap(([name, sample]) =>
      cases(name, sample, ['Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput']),
    ),
    ...Object.entries(solidSamples).flatMap(([name, sample]) =>
      cases(name, sample, ['Conv3D', 'Conv3DBackpropFilterV2', 'Conv3DBackpropInputV2']),
    ),
  ];
}

function cases(
  name: string,
  sample: Sample,
  [forward, toFilter, toInput]: [string, string, string],
): KernelCase[] {
  const shape = shapes(sample);
  const x: Given = { shape: shape.x, values: numbers(sizeOf(shape.x), 1) };
  const filter: Given = { shape: shape.filter, values: numbers(sizeOf(shape.filter), 2) };
  const dy: Given = { shape: shape.y, values: numbers(sizeOf(shape.y), 3) };
  const [y, dFilter, dx] = [shape.y, shape.filter, shape.x].map((form) => ({
    shape: form,
    values: new Float64Array(sizeOf(form)),
  })) as [Sums, Sums, Sums];
  visitTerms(sample, (output, input, weight) => {
    y.values[output]! += x.values[input]! * filter.values[weight]!;
    dFilter.values[weight]! += x.values[input]! * dy.values[output]!;
    dx.values[input]! += filter.values[weight]! * dy.values[output]!;
  });
  const { stride, dilation, pad, space } = sample;
  const dataFormat = space.length === 3 ? 'NDHWC' : sample.channelsFirst ? 'NCHW' : 'NHWC';
  const attributes = {
    strides: space.map(() => stride),
    dilations: space.map(() => dilation),
    pad,
    dataFormat,
  };
  return [
    { name: `${forward}: ${name}`, kernelName: forward, inputs: { x, filter }, attributes, expected: y },
    {
      name: `${toFilter}: ${name}`,
      kernelName: toFilter,
      inputs: { x, dy },
      attributes: { ...attributes, filterShape: filter.shape },
      expected: dFilter,
    },
    {
      name: `${toInput}: ${name}`,
      kernelName: toInput,
      inputs: { dy, filter },
      attributes: { ...attributes, inputShape: x.shape },
      expected: dx,
    },
  ];
}

interface Sums {
  shape: number[];
  values: Float64Array;
}

function visitTerms(sample: Sample, visit: (output: number, input: number, weight: number) => void): void {
  const { inChannels, outChannels } = sample;
  const steps = channelSteps(sample);
  visitWindows(sample, (output, input, place) => {
    for (let from = 0; from < inChannels; from++) {
      for (let to = 0; to < outChannels; to++) {
        visit(
          output + to * steps.output,
          input + from * steps.input,
          (place * inChannels + from) * outChannels + to,
        );
      }
    }
  });
}
