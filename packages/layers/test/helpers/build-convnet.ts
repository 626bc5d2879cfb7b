import { seeded } from '@keepfit/fit';
import { train } from '@tensorflow/tfjs-core';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';

export const SIDE = 5;
export const CLASSES = 3;

/** A small convnet with all that makes resuming hard, compiled with Adam. A seed gives its initial weights. */
export function buildConvnet(seed: number): Sequential {
  const model = seeded(seed, () =>
    sequential({
      layers: [
        layers.gaussianNoise({ stddev: 0.1, inputShape: [SIDE, SIDE, 1] }),
        layers.conv2d({ filters: 3, kernelSize: 3, useBias: false, kernelRegularizer: 'l1l2' }),
        layers.batchNormalization({ momentum: 0.8 }),
        layers.reLU(),
        layers.flatten(),
        layers.alphaDropout({ rate: 0.2 }),
        layers.dense({ units: 6, activation: 'selu', kernelConstraint: 'maxNorm' }),
        layers.gaussianDropout({ rate: 0.2 }),
        layers.dropout({ rate: 0.25 }),
        layers.dense({ units: CLASSES, activation: 'softmax' }),
      ],
    }),
  );
  model.compile({
    optimizer: train.adam(0.02),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy', 'mse'],
  });
  return model;
}
