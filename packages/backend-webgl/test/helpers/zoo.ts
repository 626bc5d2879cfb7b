// The initializers of recurrent layers use chained operations.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import type { ShapedData } from '@keepfit/fit';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';

/** A small model, and data for it. */
export interface Member {
  readonly name: string;
  build(): Sequential;
  readonly x: ShapedData;
  readonly y: ShapedData;
}

const SAMPLES = 12;
const CLASSES = 3;

const labels: ShapedData = {
  data: Float32Array.from({ length: SAMPLES * CLASSES }, (_, i) =>
    Math.floor(i / CLASSES) % CLASSES === i % CLASSES ? 1 : 0,
  ),
  shape: [SAMPLES, CLASSES],
};

/**
 * Models with all kinds of layers that are common. The sides are odd on purpose, and some weights have fewer
 * values than a texel.
 */
export const zoo: readonly Member[] = [
  {
    name: 'a dense net',
    build: () =>
      sequential({
        layers: [
          layers.dense({ units: 9, activation: 'relu', inputShape: [5] }),
          layers.dense({ units: 1, activation: 'tanh' }),
          layers.dense({ units: CLASSES, activation: 'softmax' }),
        ],
      }),
    x: waves(5),
    y: labels,
  },
  {
    name: 'a convnet with batch norm and dropout',
    build: () =>
      sequential({
        layers: [
          layers.conv2d({ filters: 5, kernelSize: 3, padding: 'same', inputShape: [7, 7, 2] }),
          layers.batchNormalization({ momentum: 0.8 }),
          layers.reLU(),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.conv2d({ filters: 3, kernelSize: 2, activation: 'relu' }),
          layers.dropout({ rate: 0.3 }),
          layers.flatten(),
          layers.dense({ units: CLASSES, activation: 'softmax' }),
        ],
      }),
    x: waves(7, 7, 2),
    y: labels,
  },
  {
    name: 'an embedding with an LSTM',
    build: () =>
      sequential({
        layers: [
          layers.embedding({ inputDim: 9, outputDim: 4, inputLength: 2 }),
          layers.lstm({ units: 3 }),
          layers.dense({ units: CLASSES, activation: 'softmax' }),
        ],
      }),
    x: { data: Int32Array.from({ length: SAMPLES * 2 }, (_, i) => (i * i) % 9), shape: [SAMPLES, 2] },
    y: labels,
  },
  {
    name: 'a net of depthwise and separable convolutions',
    build: () =>
      sequential({
        layers: [
          layers.depthwiseConv2d({
            kernelSize: 3,
            padding: 'same',
            depthMultiplier: 2,
            activation: 'elu',
            inputShape: [5, 5, 2],
          }),
          layers.separableConv2d({ filters: 3, kernelSize: 2, strides: 2, activation: 'sigmoid' }),
          layers.upSampling2d({ size: [2, 2] }),
          layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2 }),
          layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
          layers.dense({ units: CLASSES, activation: 'softmax' }),
        ],
      }),
    x: waves(5, 5, 2),
    y: labels,
  },
];

function waves(...sample: number[]): ShapedData {
  const size = sample.reduce((product, length) => product * length, SAMPLES);
  return {
    data: Float32Array.from({ length: size }, (_, i) => Math.sin(i * i)),
    shape: [SAMPLES, ...sample],
  };
}
