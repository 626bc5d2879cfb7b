import * as tf from '@tensorflow/tfjs-core';
import { convolve, convolveByChannel } from './convolve.js';
import type { GradientCase } from './gradient-case.js';
import { mapValues, joinValues, sampleValues, transposeValues, type Values } from './values.js';
import type { Padding } from './windows.js';

interface Setting {
  readonly image: readonly [number, number];
  readonly size: readonly [number, number];
  readonly stride?: number;
  readonly pad: Padding;
  readonly rate?: number;
  readonly inputs?: number;
  readonly outputs?: number;
  readonly samples?: number;
}

const SETTINGS: readonly Setting[] = [
  { image: [5, 5], size: [3, 3], pad: 'same' },
  { image: [5, 4], size: [3, 3], pad: 'valid', samples: 2 },
  { image: [6, 5], size: [2, 2], pad: 'same', samples: 2, inputs: 3 },
  { image: [6, 6], size: [3, 3], stride: 2, pad: 'same' },
  { image: [7, 5], size: [3, 2], stride: 2, pad: 'valid', samples: 2 },
  { image: [5, 5], size: [1, 1], pad: 'valid', inputs: 3, outputs: 4 },
  { image: [6, 6], size: [1, 1], stride: 2, pad: 'same', inputs: 2, outputs: 3 },
  { image: [7, 7], size: [2, 2], stride: 3, pad: 'same' },
  { image: [4, 4], size: [3, 3], pad: 1, inputs: 1, outputs: 5 },
  { image: [5, 4], size: [3, 3], stride: 2, pad: 1, inputs: 4, outputs: 1 },
  {
    image: [4, 5],
    size: [3, 2],
    pad: [
      [1, 0],
      [2, 1],
    ],
  },
  { image: [4, 4], size: [4, 4], pad: 'valid', inputs: 2, outputs: 8 },
  { image: [3, 3], size: [5, 5], pad: 'same', inputs: 1, outputs: 4 },
  { image: [7, 7], size: [3, 3], pad: 'valid', rate: 2 },
  { image: [6, 7], size: [3, 2], pad: 'same', rate: 2, samples: 2 },
  { image: [8, 7], size: [2, 2], pad: 1, rate: 3 },
];

export function convolutionCases(): GradientCase[] {
  return [...plain(), ...channelsFirst(), ...byChannel(), ...oneDimension(), ...fused()];
}

function formatName(
  op: string,
  { image, size, stride = 1, pad, rate = 1, inputs = 2, outputs = 3, samples = 1 }: Setting,
): string {
  const padding = typeof pad === 'object' ? `padded by ${JSON.stringify(pad)}` : `pad ${pad}`;
  const extra = [stride > 1 ? `stride ${stride}` : '', rate > 1 ? `dilated by ${rate}` : '']
    .filter((text) => text !== '')
    .map((text) => `, ${text}`);
  return `${op} of [${[samples, ...image, inputs].join()}] with ${size.join(' by ')} filters to ${outputs}, ${padding}${extra.join('')}`;
}

/** tfjs wants explicit padding for all four axes. */
function toTfjsPadding(pad: Padding): 'same' | 'valid' | number {
  return (typeof pad === 'object' ? [[0, 0], ...pad, [0, 0]] : pad) as 'same';
}

function createInputs({ image, size, inputs = 2, outputs = 3, samples = 1 }: Setting): Values[] {
  return [
    sampleValues([samples, ...image, inputs], -1, 1, 1),
    sampleValues([...size, inputs, outputs], -1, 1, 5),
  ];
}

function plain(): GradientCase[] {
  return SETTINGS.map((setting) => {
    const { stride = 1, pad, rate = 1 } = setting;
    return {
      ...{ name: formatName('conv2d', setting), inputs: createInputs(setting) },
      op: (x, filter) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, toTfjsPadding(pad), 'NHWC', rate),
      reference: (x, filter) => convolve(x, filter, { stride, pad, rate }),
    };
  });
}

/** Not every backend has it: tfjs-layers turns the axes round before it asks for a convolution. */
function channelsFirst(): GradientCase[] {
  return [0, 3].map((number) => {
    const setting = SETTINGS[number] as Setting;
    const { stride = 1, pad } = setting;
    const [x, filter] = createInputs(setting) as [Values, Values];
    return {
      ...{
        name: `${formatName('conv2d', setting)}, channels first`,
        inputs: [transposeValues(x, [0, 3, 1, 2]), filter],
      },
      op: (image, weights) =>
        tf.conv2d(image as tf.Tensor4D, weights as tf.Tensor4D, stride, toTfjsPadding(pad), 'NCHW'),
      reference: (image, weights) =>
        transposeValues(
          convolve(transposeValues(image, [0, 2, 3, 1]), weights, { stride, pad }),
          [0, 3, 1, 2],
        ),
    };
  });
}

function byChannel(): GradientCase[] {
  const settings = SETTINGS.filter(({ size, pad }) => size[0] > 1 && typeof pad !== 'object').map(
    (setting) => ({
      ...setting,
      outputs: (setting.inputs ?? 2) === 2 ? 2 : 1,
    }),
  );
  const depthwise = settings.map((setting): GradientCase => {
    const { stride = 1, pad, rate = 1 } = setting;
    return {
      ...{ name: formatName('depthwiseConv2d', setting), inputs: createInputs(setting) },
      op: (x, filter) =>
        tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, toTfjsPadding(pad), 'NHWC', rate),
      reference: (x, filter) => convolveByChannel(x, filter, { stride, pad, rate }),
    };
  });
  const separable: GradientCase = {
    name: 'separableConv2d',
    op: (x, deep, across) =>
      tf.separableConv2d(x as tf.Tensor4D, deep as tf.Tensor4D, across as tf.Tensor4D, 1, 'same'),
    reference: (x, deep, across) =>
      convolve(convolveByChannel(x, deep, { stride: 1, pad: 'same' }), across, { stride: 1, pad: 'valid' }),
    inputs: [
      sampleValues([1, 4, 5, 2], -1, 1, 1),
      sampleValues([3, 3, 2, 2], -1, 1, 5),
      sampleValues([1, 1, 4, 3], -1, 1, 9),
    ],
  };
  return [...depthwise, separable];
}

function oneDimension(): GradientCase[] {
  return [
    { stride: 1, pad: 'same', rate: 1 } as const,
    { stride: 2, pad: 'valid', rate: 1 } as const,
    { stride: 1, pad: 'valid', rate: 2 } as const,
  ].map((windows) => ({
    name: `conv1d, stride ${windows.stride}, pad ${windows.pad}, rate ${windows.rate}`,
    op: (x, filter) =>
      tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, windows.stride, windows.pad, 'NWC', windows.rate),
    reference: (x, filter) => convolve(x, filter, windows),
    inputs: [sampleValues([2, 7, 2], -1, 1, 1), sampleValues([3, 2, 3], -1, 1, 5)],
  }));
}

/** The op that convolution layers of tfjs-layers use. */
function fused(): GradientCase[] {
  const inputs = [
    sampleValues([2, 5, 5, 2], -1, 1, 1),
    sampleValues([3, 3, 2, 3], -1, 1, 5),
    sampleValues([3], -1, 1, 9),
  ];
  return (['linear', 'relu'] as const).map((activation) => ({
    name: `fused conv2d with a bias, ${activation}`,
    op: (x, filter, bias) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: 2,
        pad: 'same',
        bias,
        activation,
      }),
    reference: (x, filter, bias) => {
      const y = joinValues(convolve(x, filter, { stride: 2, pad: 'same' }), bias, (p, q) => p + q);
      return activation === 'relu' ? mapValues(y, (value) => Math.max(0, value)) : y;
    },
    inputs,
  }));
}
