import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Builds a convnet with all that makes exact resuming hard: batch norm, dropout, noise, and an optimizer with
 * a memory.
 */
export function buildModel(side: number, classes: number): Sequential {
  const model = sequential({
    layers: [
      layers.gaussianNoise({ stddev: 0.05, inputShape: [side, side, 1] }),
      layers.conv2d({ filters: 16, kernelSize: 3, useBias: false }),
      layers.batchNormalization({}),
      layers.reLU(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: classes, activation: 'softmax' }),
    ],
  });
  model.compile({
    optimizer: tf.train.adam(0.002),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}
