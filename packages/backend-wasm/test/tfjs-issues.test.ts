import { useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wasmBackend } from '../src/index.js';

beforeAll(() => useBackend(wasmBackend()));
afterAll(() => useBackend({ name: 'wasm', kernels: 'stock', start: () => tf.setBackend('wasm'), stop() {} }));

// The code of tfjs' issues 8474 and 8082, by tfjs-layers' own API and fit: convolutions and an embedding,
// trained on WASM.

test('a convnet trains by model.fit, where tfjs says that Conv2DBackpropFilter is not registered (tfjs issue 8474)', async () => {
  const model = sequential();
  model.add(
    layers.conv2d({
      inputShape: [12, 12, 1],
      kernelSize: 3,
      filters: 8,
      strides: 1,
      activation: 'relu',
      kernelInitializer: 'varianceScaling',
    }),
  );
  model.add(layers.maxPooling2d({ poolSize: [2, 2], strides: [2, 2] }));
  model.add(
    layers.conv2d({
      kernelSize: 3,
      filters: 8,
      strides: 1,
      activation: 'relu',
      kernelInitializer: 'varianceScaling',
    }),
  );
  model.add(layers.flatten());
  model.add(layers.dense({ units: 2, kernelInitializer: 'varianceScaling', activation: 'softmax' }));
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  // The class is the bright half of the picture.
  const y = tf
    .oneHot(
      tf.tensor1d(
        Array.from({ length: 32 }, (_, index) => index % 2),
        'int32',
      ),
      2,
    )
    .cast('float32') as tf.Tensor2D;
  const halves = [0, 1].map((half) =>
    tf.tile(tf.reshape(tf.slice(y, [0, half], [32, 1]), [32, 1, 1, 1]), [1, 12, 6, 1]),
  );
  const x = tf.add(tf.concat(halves, 2), tf.randomNormal([32, 12, 12, 1], 0, 0.1, 'float32', 1));
  await learns(model, x, y);
});

test('an embedding trains by model.fit, where tfjs says that UnsortedSegmentSum is not registered (tfjs issue 8082)', async () => {
  const model = sequential();
  model.add(layers.embedding({ inputDim: 20, outputDim: 8, inputLength: 4 }));
  model.add(layers.lstm({ units: 8 }));
  model.add(layers.dense({ units: 2, activation: 'softmax' }));
  model.compile({ optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy' });
  const words = tf.randomUniform([32, 4], 0, 20, 'int32', 5);
  const last = tf.reshape(tf.slice(words, [0, 3], [32, 1]), [32]);
  const y = tf.oneHot(tf.cast(tf.less(last, tf.scalar(10, 'int32')), 'int32'), 2).cast('float32');
  await learns(model, words, y);
});

async function learns(model: LayersModel, x: tf.Tensor, y: tf.Tensor): Promise<void> {
  const { history } = await model.fit(x, y, { epochs: 12, batchSize: 8, verbose: 0 });
  const losses = history['loss'] as number[];
  expect(losses.every(Number.isFinite)).toBe(true);
  expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.6);
}
