import { type Given, type KernelCase, sizeOf } from './kernel-case.js';
import { numbers, ties } from './numbers.js';
import { type Sample, shapes, visitWindows } from './reference-windows.js';

// Five channels: a vector of four, and one more.
const flat = {
  batch: 2,
  space: [7, 6],
  inChannels: 5,
  filter: [2, 2],
  outChannels: 5,
  stride: 2,
  dilation: 1,
  pad: 'valid',
} as const;
const solid = { ...flat, space: [5, 4, 6], filter: [2, 2, 2] } as const;

const samples: Record<string, Sample> = {
  'windows side by side': flat,
  same: { ...flat, pad: 'same', space: [7, 5] },
  'windows of 3 side by side, same': { ...flat, filter: [3, 3], stride: 3, pad: 'same' },
  'overlapping windows, same': { ...flat, filter: [3, 2], stride: 1, pad: 'same' },
  'gaps between windows': { ...flat, stride: 3 },
  'a padding of 1': { ...flat, filter: [3, 3], pad: 1 },
  'volumes side by side': solid,
  'volumes, same': { ...solid, pad: 'same' },
  'overlapping volumes, same': { ...solid, stride: 1, pad: 'same', filter: [2, 3, 2] },
};

/** Poolings and their gradients: on values of both signs, on ties of which none is positive, and with NaN. */
export function poolCases(): KernelCase[] {
  return Object.entries(samples).flatMap(([name, sample]) => {
    const count = sizeOf(shapes(sample).x);
    const broken = numbers(count, 5).map((value, at) => (at % 17 === 3 ? NaN : value));
    return [
      ...averages(name, sample, numbers(count, 4)),
      ...averages(`${name}, some not numbers`, sample, broken),
      ...maxima(name, sample, numbers(count, 4)),
      ...maxima(`${name}, ties, none positive`, sample, ties(count, 5)),
      ...maxima(`${name}, some not numbers`, sample, broken),
    ];
  });
}

function averages(name: string, sample: Sample, values: Float32Array): KernelCase[] {
  const { x, dy, attributes, suffix } = setting(sample, values);
  const counts = new Float64Array(sizeOf(dy.shape));
  const y = { shape: dy.shape, values: new Float64Array(sizeOf(dy.shape)) };
  const dx = { shape: x.shape, values: new Float64Array(sizeOf(x.shape)) };
  eachChannel(sample, (output) => counts[output]!++);
  eachChannel(sample, (output, input) => {
    y.values[output]! += x.values[input]! / counts[output]!;
    // tfjs' kernels share among the whole window; the registered gradient corrects that at the borders.
    dx.values[input]! += dy.values[output]! / sizeOf(sample.filter);
  });
  return [
    {
      name: `AvgPool${suffix}: ${name}`,
      kernelName: `AvgPool${suffix}`,
      inputs: { x },
      attributes,
      expected: y,
    },
    {
      name: `AvgPool${suffix}Grad: ${name}`,
      kernelName: `AvgPool${suffix}Grad`,
      inputs: { dy, input: x },
      attributes,
      expected: dx,
    },
  ];
}

function maxima(name: string, sample: Sample, values: Float32Array): KernelCase[] {
  const { x, dy, attributes, suffix } = setting(sample, values);
  const chosen = new Int32Array(sizeOf(dy.shape)).fill(-1);
  eachChannel(sample, (output, input) => {
    const best = chosen[output]!;
    if (
      best === -1 ||
      x.values[input]! > x.values[best]! ||
      (Number.isNaN(x.values[input]) && !Number.isNaN(x.values[best]))
    )
      chosen[output] = input;
  });
  const y = { shape: dy.shape, values: Float64Array.from(chosen, (input) => x.values[input]!) };
  const dx = { shape: x.shape, values: new Float64Array(sizeOf(x.shape)) };
  chosen.forEach((input, output) => (dx.values[input]! += dy.values[output]!));
  return [
    {
      name: `MaxPool${suffix}: ${name}`,
      kernelName: `MaxPool${suffix}`,
      inputs: { x },
      attributes,
      expected: y,
      exact: true,
    },
    {
      name: `MaxPool${suffix}Grad: ${name}`,
      kernelName: `MaxPool${suffix}Grad`,
      inputs: { dy, input: x, output: y },
      attributes,
      expected: dx,
    },
  ];
}

function setting(
  sample: Sample,
  values: Float32Array,
): { x: Given; dy: Given; attributes: Record<string, unknown>; suffix: string } {
  const shape = shapes(sample);
  const { filter, stride, pad, space } = sample;
  return {
    x: { shape: shape.x, values },
    dy: { shape: shape.y, values: numbers(sizeOf(shape.y), 6) },
    attributes: {
      filterSize: filter,
      strides: space.map(() => stride),
      pad,
      ...(space.length === 3 ? { dataFormat: 'NDHWC' } : {}),
    },
    suffix: space.length === 3 ? '3D' : '',
  };
}

function eachChannel(sample: Sample, visit: (output: number, input: number) => void): void {
  visitWindows(sample, (output, input) => {
    for (let channel = 0; channel < sample.inChannels; channel++) visit(output + channel, input + channel);
  });
}
