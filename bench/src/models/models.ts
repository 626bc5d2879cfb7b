import * as tf from '@tensorflow/tfjs';
import { type BenchModel, createImages } from './model.js';

const { layers } = tf;

/** The models of the table in docs/backends.md. */
export const models: readonly BenchModel[] = [mlp(32), mnist(32), mnist(128), cifar(32), text(32)];

/** The name of a model whose step is nearly all overhead. */
export const TINY = 'dense 20→10, batch 32';

/** Finds one of these models, or the tiny one, by its name. */
export function findModel(name: string): BenchModel {
  const found = [...models, tiny(32)].find((model) => model.name === name);
  if (found === undefined) throw new Error(`there is no model ${name}`);
  return found;
}

function tiny(batchSize: number): BenchModel {
  return {
    name: TINY,
    batchSize,
    megaflops: (3 * 2 * batchSize * 200) / 1e6,
    build: () =>
      tf.sequential({ layers: [layers.dense({ units: 10, activation: 'softmax', inputShape: [20] })] }),
    data: (rows) => createImages(rows, [20]),
  };
}

function mlp(batchSize: number): BenchModel {
  const weights = 784 * 128 + 128 * 64 + 64 * 10;
  return {
    name: `MLP 784-128-64-10, batch ${batchSize}`,
    batchSize,
    megaflops: (3 * 2 * batchSize * weights) / 1e6,
    build: () =>
      tf.sequential({
        layers: [
          layers.dense({ units: 128, activation: 'relu', inputShape: [784] }),
          layers.dense({ units: 64, activation: 'relu' }),
          layers.dense({ units: 10, activation: 'softmax' }),
        ],
      }),
    data: (rows) => createImages(rows, [784]),
  };
}

function mnist(batchSize: number): BenchModel {
  const forward = 26 * 26 * 9 * 32 + 11 * 11 * 9 * 32 * 64 + 1600 * 128 + 1280;
  return {
    name: `MNIST convnet 32/64/dense 128, batch ${batchSize}`,
    batchSize,
    megaflops: (3 * 2 * batchSize * forward) / 1e6,
    build: () =>
      tf.sequential({
        layers: [
          layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.flatten(),
          layers.dense({ units: 128, activation: 'relu' }),
          layers.dense({ units: 10, activation: 'softmax' }),
        ],
      }),
    data: (rows) => createImages(rows, [28, 28, 1]),
  };
}

function cifar(batchSize: number): BenchModel {
  const forward = 32 * 32 * 9 * (3 * 32 + 32 * 32) + 16 * 16 * 9 * 32 * 64 + 8 * 8 * 64 * 64 + 640;
  return {
    name: `CIFAR convnet 32/32/64 with batch norm, batch ${batchSize}`,
    batchSize,
    megaflops: (3 * 2 * batchSize * forward) / 1e6,
    build: () =>
      tf.sequential({
        layers: [
          layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', inputShape: [32, 32, 3] }),
          layers.batchNormalization(),
          layers.activation({ activation: 'relu' }),
          layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.conv2d({ filters: 64, kernelSize: 3, padding: 'same', activation: 'relu' }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.dropout({ rate: 0.3 }),
          layers.flatten(),
          layers.dense({ units: 64, activation: 'relu' }),
          layers.dense({ units: 10, activation: 'softmax' }),
        ],
      }),
    data: (rows) => createImages(rows, [32, 32, 3]),
  };
}

function text(batchSize: number): BenchModel {
  const forward = 20 * 4 * 32 * (32 + 32) + 320;
  return {
    name: `embedding 1000×32 and LSTM 32 over 20 steps, batch ${batchSize}`,
    batchSize,
    megaflops: (3 * 2 * batchSize * forward) / 1e6,
    build: () =>
      tf.sequential({
        layers: [
          layers.embedding({ inputDim: 1000, outputDim: 32, inputLength: 20 }),
          layers.lstm({ units: 32 }),
          layers.dense({ units: 10, activation: 'softmax' }),
        ],
      }),
    data: (rows) => ({ x: tf.randomUniform([rows, 20], 0, 1000, 'int32', 3), y: createImages(rows, [1]).y }),
  };
}
