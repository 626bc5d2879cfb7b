import * as tf from '@tensorflow/tfjs-core';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import type { ModelKind } from './settings.js';

/** So wide that the weights and Adam's two averages take 64 MB, to show the cost of a large backup. */
const WIDE = 6_700;

/**
 * Builds an untrained, compiled model for images of [28, 28, 1] and ten classes. All have dropout, which
 * makes exact resuming hard.
 */
export function buildModel(kind: ModelKind): Sequential {
  const model = sequential({
    layers: kind === 'convnet' ? createConvolutionLayers() : createDenseLayers(kind === 'wide' ? WIDE : 128),
  });
  model.compile({
    optimizer: tf.train.adam(0.002),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

function createDenseLayers(units: number) {
  return [
    layers.flatten({ inputShape: [28, 28, 1] }),
    layers.dense({ units, activation: 'relu' }),
    layers.dropout({ rate: 0.3 }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ];
}

function createConvolutionLayers() {
  return [
    layers.conv2d({ filters: 16, kernelSize: 3, useBias: false, inputShape: [28, 28, 1] }),
    layers.batchNormalization({}),
    layers.reLU(),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dropout({ rate: 0.3 }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ];
}
