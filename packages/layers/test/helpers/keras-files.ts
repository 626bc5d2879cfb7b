import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';

/** What Keras had and predicted: see data/keras-files/record.py. */
export interface Recorded {
  readonly shape: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Of `model.weights`, in Keras' order; with the sum of each. */
  readonly paths: readonly string[];
  readonly sums: readonly number[];
}

const folder = new URL('../data/keras-files/', import.meta.url);

export const recorded = JSON.parse(readFileSync(new URL('recorded.json', folder), 'utf8')) as Readonly<
  Record<string, Recorded>
>;

/** The bytes of a recorded file: `plain.keras`. */
export function readKerasFile(name: string): Uint8Array {
  return new Uint8Array(gunzipSync(readFileSync(new URL(`${name}.gz`, folder))));
}

/** The recorded models, built with tfjs-layers. */
export const models: Readonly<Record<string, () => LayersModel>> = {
  plain: () =>
    sequential({
      layers: [
        layers.dense({ units: 3, activation: 'relu', inputShape: [4] }),
        layers.batchNormalization(),
        layers.prelu(),
        layers.dropout({ rate: 0.5 }),
        layers.dense({ units: 2, activation: 'softmax', name: 'out' }),
      ],
    }),
  recurrent: () => {
    const inputs = input({ shape: [5, 4] });
    const sigmoid = { recurrentActivation: 'sigmoid', returnSequences: true } as const;
    const cells = [
      layers.lstmCell({ units: 2, recurrentActivation: 'sigmoid' }),
      layers.simpleRNNCell({ units: 2 }),
    ];
    const outputs = chain(inputs, [
      layers.lstm({ units: 3, ...sigmoid }),
      layers.bidirectional({ layer: layers.gru({ units: 2, ...sigmoid }), mergeMode: 'concat' }),
      layers.rnn({ cell: cells, returnSequences: true }),
      layers.timeDistributed({ layer: layers.dense({ units: 2 }) }),
      layers.gru({ units: 2, ...sigmoid }),
      layers.simpleRNN({ units: 2 }),
    ]);
    return model({ inputs, outputs });
  },
  images: () => {
    const inputs = input({ shape: [6, 6, 2] });
    const outputs = chain(inputs, [
      layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same' }),
      layers.depthwiseConv2d({ kernelSize: 2 }),
      layers.separableConv2d({ filters: 4, kernelSize: 2 }),
      layers.conv2dTranspose({ filters: 3, kernelSize: 2 }),
      layers.layerNormalization(),
      layers.batchNormalization({ scale: false }),
      layers.conv2d({ filters: 1, kernelSize: 2, name: 'last' }),
      layers.flatten(),
    ]);
    return model({ inputs, outputs });
  },
  volumes: () =>
    sequential({
      layers: [
        layers.convLstm2d({
          filters: 2,
          kernelSize: 2,
          recurrentActivation: 'sigmoid',
          returnSequences: true,
          inputShape: [3, 4, 4, 1],
        }),
        layers.conv3d({ filters: 2, kernelSize: 2 }),
        layers.conv3dTranspose({ filters: 1, kernelSize: 2 }),
      ],
    }),
  text: () =>
    sequential({
      layers: [
        layers.embedding({ inputDim: 7, outputDim: 3, inputShape: [5] }),
        layers.conv1d({ filters: 2, kernelSize: 2, useBias: false }),
        layers.layerNormalization({ center: false }),
        layers.globalMaxPooling1d(),
        layers.dense({ units: 1, useBias: false }),
      ],
    }),
  nested: () => {
    const innerInput = input({ shape: [3] });
    const [frozen, after] = [layers.dense({ units: 3, trainable: false }), layers.dense({ units: 3 })];
    const inner = model({
      inputs: innerInput,
      outputs: chain(innerInput, [
        layers.dense({ units: 3, name: 'first' }),
        layers.batchNormalization(),
        frozen,
        after,
      ]),
      name: 'inner',
    });
    const deferred = sequential({
      layers: [layers.dense({ units: 3, activation: 'tanh', inputShape: [3] }), layers.dense({ units: 3 })],
    });
    const inputs = input({ shape: [3] });
    return model({ inputs, outputs: chain(inputs, [inner, deferred, layers.dense({ units: 3 })]) });
  },
};

type Layer = LayersModel['layers'][number];

function chain(inputs: SymbolicTensor, following: readonly Layer[]): SymbolicTensor {
  return following.reduce((value, layer) => layer.apply(value) as SymbolicTensor, inputs);
}

/** What the model predicts for the recorded input. */
export function predictRecorded(built: LayersModel, { x, shape }: Recorded): number[] {
  return tf.tidy(() => [...(built.predict(tf.tensor([...x], [...shape])) as tf.Tensor).dataSync()]);
}

/** The largest difference between two lists of numbers. */
export function getDistance(a: readonly number[], b: readonly number[]): number {
  return a.length === b.length ? Math.max(...a.map((value, index) => Math.abs(value - b[index]!))) : Infinity;
}
