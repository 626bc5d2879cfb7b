import { type Given, type KernelCase, sizeOf } from './kernel-case.js';
import { numbers } from './numbers.js';
import { type Sample, shapes, visitWindows } from './reference-windows.js';

const plain = {
  batch: 2,
  space: [7, 6],
  inChannels: 3,
  filter: [3, 2],
  outChannels: 3,
  stride: 1,
  dilation: 1,
  pad: 'valid',
} as const;

const samples: Record<string, Sample> = {
  'an odd window': plain,
  same: { ...plain, pad: 'same' },
  'same at stride 2': { ...plain, pad: 'same', stride: 2, space: [9, 8] },
  'dilation 2': { ...plain, dilation: 2 },
  'dilation 2, same': { ...plain, dilation: 2, pad: 'same' },
  'two filters a channel': { ...plain, outChannels: 6, pad: 'same' },
  'one channel, three filters': { ...plain, inChannels: 1, outChannels: 3 },
};

/** Depthwise convolutions with the gradients of both operands. */
export function depthwiseCases(): KernelCase[] {
  return Object.entries(samples).flatMap(([name, sample]) => {
    const { inChannels, outChannels, stride, dilation, pad } = sample;
    const shape = shapes(sample);
    const filterShape = [...sample.filter, inChannels, outChannels / inChannels];
    const x: Given = { shape: shape.x, values: numbers(sizeOf(shape.x), 1) };
    const filter: Given = { shape: filterShape, values: numbers(sizeOf(filterShape), 2) };
    const dy: Given = { shape: shape.y, values: numbers(sizeOf(shape.y), 3) };
    const y = { shape: shape.y, values: new Float64Array(sizeOf(shape.y)) };
    const dFilter = { shape: filterShape, values: new Float64Array(sizeOf(filterShape)) };
    const dx = { shape: shape.x, values: new Float64Array(sizeOf(shape.x)) };
    visitWindows(sample, (output, input, place) => {
      for (let channel = 0; channel < outChannels; channel++) {
        const from = input + Math.floor((channel * inChannels) / outChannels);
        const weight = place * outChannels + channel;
        y.values[output + channel]! += x.values[from]! * filter.values[weight]!;
        dFilter.values[weight]! += x.values[from]! * dy.values[output + channel]!;
        dx.values[from]! += filter.values[weight]! * dy.values[output + channel]!;
      }
    });
    const attributes = { strides: [stride, stride], dilations: [dilation, dilation], pad };
    const kernelName = 'DepthwiseConv2dNative';
    return <KernelCase[]>[
      { name: `${kernelName}: ${name}`, kernelName, inputs: { x, filter }, attributes, expected: y },
      {
        name: `${kernelName}BackpropFilter: ${name}`,
        kernelName: `${kernelName}BackpropFilter`,
        inputs: { x, dy },
        attributes: { ...attributes, filterShape },
        expected: dFilter,
      },
      {
        name: `${kernelName}BackpropInput: ${name}`,
        kernelName: `${kernelName}BackpropInput`,
        inputs: { dy, filter },
        attributes: { ...attributes, inputShape: shape.x },
        expected: dx,
      },
    ];
  });
}
