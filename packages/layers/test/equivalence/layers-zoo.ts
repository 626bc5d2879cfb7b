// Gives tensors the chained operators that initializers of recurrent layers use.
import '@tensorflow/tfjs';
import { seeded } from '@keepfit/fit';
import { auc } from '@keepfit/fit/metrics';
import { fromLayers } from '@keepfit/layers';
import {
  constraints,
  input,
  layers,
  type LayersModel,
  model as functional,
  regularizers,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { BATCH_SIZE, binary, numbers, oneHot, words, type ZooMember } from './zoo-member.js';

type Layer = LayersModel['layers'][number];

/** Models of tfjs-layers. */
export const layersZoo: Readonly<Record<string, ZooMember>> = {
  mlp: {
    ...classifier([4], () => [layers.dense({ units: 4, activation: 'relu', inputShape: [4] }), softmax()]),
    metrics: ['accuracy', 'topKCategoricalAccuracy'],
  },

  'convnet with pooling': classifier([5, 5, 1], () => [
    layers.conv2d({ filters: 2, kernelSize: 2, activation: 'relu', inputShape: [5, 5, 1] }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.averagePooling2d({ poolSize: 2, strides: 1 }),
    layers.flatten(),
    softmax(),
  ]),

  'convnet with batch norm, dropout and noise': classifier([4, 4, 1], () => [
    layers.gaussianNoise({ stddev: 0.1, inputShape: [4, 4, 1] }),
    layers.conv2d({ filters: 2, kernelSize: 2, useBias: false }),
    layers.batchNormalization({ momentum: 0.8 }),
    layers.reLU(),
    layers.dropout({ rate: 0.25 }),
    layers.flatten(),
    layers.alphaDropout({ rate: 0.2 }),
    layers.dense({ units: 4, activation: 'selu' }),
    layers.gaussianDropout({ rate: 0.2 }),
    softmax(),
  ]),

  'depthwise and separable convolutions': classifier([4, 4, 2], () => [
    layers.depthwiseConv2d({ kernelSize: 2, activation: 'relu', inputShape: [4, 4, 2] }),
    layers.separableConv2d({ filters: 2, kernelSize: 2 }),
    layers.globalAveragePooling2d({}),
    softmax(),
  ]),

  'conv1d on text': classifier('words', () => [
    layers.embedding({ inputDim: 6, outputDim: 3, inputLength: 4 }),
    layers.conv1d({ filters: 3, kernelSize: 2, activation: 'relu' }),
    layers.globalMaxPooling1d(),
    softmax(),
  ]),

  'embedding and LSTM with both dropouts': {
    ...classifier('words', () => [
      layers.embedding({ inputDim: 6, outputDim: 3, inputLength: 4, maskZero: true }),
      layers.lstm({ units: 3, dropout: 0.2, recurrentDropout: 0.2 }),
      layers.dense({ units: 1, activation: 'sigmoid' }),
    ]),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy', 'precision', auc({ numThresholds: 5 })],
    targets: binary,
  },

  GRU: classifier([3, 2], () => [
    layers.masking({ maskValue: 0, inputShape: [3, 2] }),
    layers.gru({ units: 2, dropout: 0.2, returnSequences: true }),
    layers.timeDistributed({ layer: layers.dense({ units: 2 }) }),
    layers.flatten(),
    softmax(),
  ]),

  'stateful LSTM': {
    ...regression([2, 2], () => [
      layers.lstm({ units: 2, stateful: true, recurrentDropout: 0.2, batchInputShape: [BATCH_SIZE, 2, 2] }),
      layers.dense({ units: 1 }),
    ]),
    fullBatches: true,
    isWhole: true,
  },

  'stateful GRU, bidirectional': {
    ...regression([2, 2], () => [
      layers.bidirectional({
        layer: layers.gru({ units: 2, stateful: true }) as never,
        mergeMode: 'concat',
        batchInputShape: [BATCH_SIZE, 2, 2],
      }),
      layers.dense({ units: 1 }),
    ]),
    fullBatches: true,
    isWhole: true,
  },

  'bidirectional LSTM': classifier([3, 2], () => [
    layers.bidirectional({
      layer: layers.lstm({ units: 2, dropout: 0.1 }) as never,
      mergeMode: 'sum',
      inputShape: [3, 2],
    }),
    softmax(),
  ]),

  'two inputs, two outputs, shared layers': {
    build: built(() => {
      const left = input({ shape: [3], name: 'left' });
      const right = input({ shape: [3], name: 'right' });
      const shared = layers.dense({ units: 4, activation: 'tanh' });
      const both = layers
        .add()
        .apply([shared.apply(left), shared.apply(right)] as SymbolicTensor[]) as SymbolicTensor;
      const hidden = layers.dropout({ rate: 0.3 }).apply(both) as SymbolicTensor;
      const outputs = [
        layers.dense({ units: 3, activation: 'softmax', name: 'kind' }).apply(hidden),
        layers
          .dense({ units: 1, name: 'size' })
          .apply(layers.concatenate().apply([hidden, shared.apply(left) as SymbolicTensor])),
      ];
      return functional({ inputs: [left, right], outputs: outputs as SymbolicTensor[] });
    }),
    loss: { kind: 'categoricalCrossentropy', size: 'mse' },
    metrics: { kind: ['accuracy'], size: ['mae', 'rootMeanSquaredError'] },
    inputs: (samples, from) => ({ left: numbers(samples, from, [3]), right: numbers(samples, from, [3], 1) }),
    targets: (samples, from) => ({ kind: oneHot(samples, from, 3), size: numbers(samples, from, [1], 2) }),
  },

  'regularizers and constraints': classifier([4], () => [
    layers.dense({
      units: 4,
      inputShape: [4],
      kernelRegularizer: 'l1l2',
      kernelConstraint: constraints.maxNorm({ maxValue: 0.9 }),
    }),
    layers.leakyReLU({ alpha: 0.2 }),
    layers.dense({
      units: 3,
      biasConstraint: 'nonNeg',
      kernelConstraint: 'unitNorm',
      biasRegularizer: regularizers.l2({ l2: 0.1 }),
    }),
    layers.prelu(),
    softmax(),
  ]),

  'autoencoder with conv2dTranspose': {
    ...regression([4, 4, 1], () => [
      layers.conv2d({ filters: 2, kernelSize: 2, strides: 2, activation: 'relu', inputShape: [4, 4, 1] }),
      layers.conv2dTranspose({ filters: 1, kernelSize: 2, strides: 2 }),
    ]),
    metrics: ['mae'],
    targets: (samples, from) => numbers(samples, from, [4, 4, 1]),
  },

  'a frozen part, and a model in the model': classifier([4], () => {
    const base = sequential({
      layers: [layers.dense({ units: 4, activation: 'elu', inputShape: [4] }), layers.batchNormalization()],
    });
    base.trainable = false;
    return [
      base,
      layers.dense({ units: 3, activation: 'tanh' }),
      layers.layerNormalization(),
      layers.dropout({ rate: 0.2 }),
      softmax(),
    ];
  }),
};

function softmax(): Layer {
  return layers.dense({ units: 3, activation: 'softmax' });
}

function classifier(inputs: readonly number[] | 'words', stack: () => Layer[]): ZooMember {
  return {
    build: built(() => sequential({ layers: stack() })),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy', 'mse'],
    inputs: (samples, from) =>
      inputs === 'words' ? words(samples, from, 4, 6) : numbers(samples, from, inputs),
    targets: (samples, from) => oneHot(samples, from, 3),
  };
}

function regression(inputs: readonly number[], stack: () => Layer[]): ZooMember {
  return {
    build: built(() => sequential({ layers: stack() })),
    loss: 'meanSquaredError',
    metrics: ['mae', 'r2Score'],
    inputs: (samples, from) => numbers(samples, from, inputs),
    targets: (samples, from) => numbers(samples, from, [1], 3),
  };
}

function built(build: () => LayersModel): ZooMember['build'] {
  return (seed) => fromLayers(seeded(seed, build));
}
