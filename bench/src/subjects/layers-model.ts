import { initializers, layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { type Optimizer, train } from '@tensorflow/tfjs-core';

const kernelInitializer = () => initializers.glorotUniform({ seed: 1 });

function compileModel(
  list: NonNullable<NonNullable<Parameters<typeof sequential>[0]>['layers']>,
  optimizer: Optimizer = train.adam(0.001),
): LayersModel {
  const model = sequential({ layers: list });
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  return model;
}

/** Creates the MLP 784-128-64-10 with 109,386 weights. */
export function createMlp(optimizer?: Optimizer): LayersModel {
  return compileModel(
    [
      layers.dense({
        units: 128,
        activation: 'relu',
        inputShape: [784],
        kernelInitializer: kernelInitializer(),
      }),
      layers.dense({ units: 64, activation: 'relu', kernelInitializer: kernelInitializer() }),
      layers.dense({ units: 10, activation: 'softmax', kernelInitializer: kernelInitializer() }),
    ],
    optimizer,
  );
}

/** Creates one layer of 210 weights. Nearly all of its step is overhead. */
export function createTiny(): LayersModel {
  return compileModel([
    layers.dense({
      units: 10,
      activation: 'softmax',
      inputShape: [20],
      kernelInitializer: kernelInitializer(),
    }),
  ]);
}

/** Creates the MNIST convnet with 225,034 weights. */
export function createConvnet(optimizer?: Optimizer): LayersModel {
  return compileModel(
    [
      layers.conv2d({
        filters: 32,
        kernelSize: 3,
        activation: 'relu',
        inputShape: [28, 28, 1],
        kernelInitializer: kernelInitializer(),
      }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({
        filters: 64,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer: kernelInitializer(),
      }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 128, activation: 'relu', kernelInitializer: kernelInitializer() }),
      layers.dense({ units: 10, activation: 'softmax', kernelInitializer: kernelInitializer() }),
    ],
    optimizer,
  );
}
