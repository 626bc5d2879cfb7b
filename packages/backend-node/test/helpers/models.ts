import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { seeded } from '@keepfit/fit';

type Layer = LayersModel['layers'][number];

interface Subject {
  /** The shape of one sample; `words` for whole numbers below 50. */
  readonly shape: readonly number[];
  readonly words?: boolean;
  readonly layers: () => Layer[];
}

/** Large enough that TensorFlow divides their ops among threads. */
export const subjects = {
  mlp: {
    shape: [784],
    layers: () => [
      layers.dense({ units: 128, activation: 'relu', inputShape: [784] }),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units: 64, activation: 'tanh' }),
    ],
  },
  'convnet with batch norm and dropout': {
    shape: [16, 16, 3],
    layers: () => [
      layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same', inputShape: [16, 16, 3] }),
      layers.batchNormalization({}),
      layers.reLU(),
      layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
      layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dropout({ rate: 0.3 }),
    ],
  },
  lstm: {
    shape: [12, 16],
    layers: () => [layers.lstm({ units: 48, inputShape: [12, 16], recurrentInitializer: 'glorotNormal' })],
  },
  'embedding and GRU': {
    shape: [12],
    words: true,
    layers: () => [
      layers.embedding({ inputDim: 50, outputDim: 32, inputLength: 12 }),
      layers.gru({ units: 48, recurrentInitializer: 'glorotNormal' }),
    ],
  },
} satisfies Record<string, Subject>;

export type SubjectName = keyof typeof subjects;

const CLASSES = 5;
const SAMPLES = 128;

/** Builds the model; the seed decides its initial weights. */
export function buildSubject(name: SubjectName, seed: number): LayersModel {
  const subject: Subject = subjects[name];
  return seeded(seed, () =>
    sequential({ layers: [...subject.layers(), layers.dense({ units: CLASSES, activation: 'softmax' })] }),
  );
}

/** The same samples and labels in each process. */
export function createData(name: SubjectName): { x: tf.Tensor; y: tf.Tensor } {
  const { shape, words = false }: Subject = subjects[name];
  const full = [SAMPLES, ...shape];
  const x = tf.randomUniform(full, words ? 0 : -1, words ? 50 : 1, words ? 'int32' : 'float32', 5);
  const labels = Int32Array.from({ length: SAMPLES }, (_, index) => (index * 7) % CLASSES);
  return { x, y: tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), CLASSES), 'float32') };
}
