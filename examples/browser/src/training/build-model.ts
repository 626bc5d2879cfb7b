import { train } from '@tensorflow/tfjs-core';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import type { ModelKind } from './settings.js';

/** So wide that weights and Adam's two averages of them make 64 MB: to see what a large backup costs. */
const WIDE = 6_700;

/** An untrained, compiled model for images of [28, 28, 1] and ten classes. All have dropout, so that resuming exactly is not easy. */
export function buildModel(kind: ModelKind): Sequential {
  const model = sequential({
    layers: kind === 'convnet' ? convolutionLayers() : denseLayers(kind === 'wide' ? WIDE : 128),
  });
  model.compile({
    optimizer: train.adam(0.002),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

function denseLayers(units: number) {
  return [
    layers.flatten({ inputShape: [28, 28, 1] }),
    layers.dense({ units, activation: 'relu' }),
    layers.dropout({ rate: 0.3 }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ];
}

function convolutionLayers() {
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
