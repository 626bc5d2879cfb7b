// The numbers in this file are those of Keras 3.15.1 for the same model and data.
import { cpuBackend } from '@keepfit/backend-cpu';
import type { Logs } from '@keepfit/callbacks';
import { type LossName, type Model, Trainer, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

beforeAll(() => useBackend(cpuBackend()));

test('trainOnBatch trains one batch and gives its losses and metrics', async () => {
  const { model, trainer } = regression();
  expectClose(await trainer.trainOnBatch(...rows(0, 3)), { loss: 0.1810712, mae: 0.331223 });
  expectClose(await trainer.trainOnBatch(...rows(3, 6)), { loss: 1.1005794, mae: 1.0010309 });
  expectWeights(model, [0.4224432, -0.277947, 0.0271376]);
});

test('trainOnBatch weighs samples in the loss, not in metrics', async () => {
  const { model, trainer } = regression();
  expectClose(await trainer.trainOnBatch(...rows(0, 3), { sampleWeight: [1, 2, 3] }), {
    loss: 0.1995033,
    mae: 0.331223,
  });
  expectWeights(model, [0.5634678, -0.2194309, 0.1498704]);
});

test('testOnBatch and predictOnBatch leave the model as it is', async () => {
  const { model, trainer } = regression();
  const [x, y] = rows(0, 3);
  expectClose(await trainer.testOnBatch(x, y), { loss: 0.1810712, mae: 0.331223 });
  const outputs = (await trainer.predictOnBatch(x)) as tf.Tensor;
  expectAll([...outputs.dataSync()], [0.2934111, 0.3597606, -0.3096083]);
  outputs.dispose();
  expectWeights(model, [0.5, -0.25, 0.1]);
});

test('the batches of trainOnBatch have randomness of their own, which a seed repeats', async () => {
  const losses = async (seed?: number) => {
    const { trainer } = regression((x) => tf.mul(x, tf.randomUniform(x.shape)));
    const { loss: first } = await trainer.trainOnBatch(...rows(0, 3), seed === undefined ? {} : { seed });
    const { loss: second } = await trainer.trainOnBatch(...rows(0, 3), seed === undefined ? {} : { seed });
    return [first, second];
  };
  expect(await losses(5)).toEqual(await losses(5));
  expect(await losses(5)).not.toEqual(await losses(6));
});

test('no tensor is left, and wrong options are refused', async () => {
  const { trainer } = regression();
  const [x, y] = rows(0, 3);
  const before = tf.memory().numTensors;
  await trainer.trainOnBatch(x, y);
  await trainer.testOnBatch(x, y);
  tf.dispose(await trainer.predictOnBatch(x));
  expect(tf.memory().numTensors).toBe(before);
  await expect(trainer.trainOnBatch(x, y, { epochs: 1 } as never)).rejects.toThrow(
    'KEEPFIT_INVALID_OPTION: trainOnBatch has no option "epochs"',
  );
  await expect(trainer.testOnBatch(x, [[1]])).rejects.toThrow(
    'KEEPFIT_INVALID_DATA: y has 1 samples and x has 3',
  );
});

test.each([
  ['class numbers', { data: Int32Array.of(0, 1, 2, 1, 0, 2), shape: [6] }, 'sparseCategoricalCrossentropy'],
  [
    'one-hot rows',
    [0, 1, 2, 1, 0, 2].map((label) => [0, 1, 2].map((column) => Number(column === label))),
    'categoricalCrossentropy',
  ],
])('classWeight weighs the samples of each class in the training loss, for %s', async (_, y, loss) => {
  const kernel = tf.variable(
    tf.tensor2d([
      [0.5, -0.25, 0.1],
      [0.2, 0.3, -0.4],
    ]),
  );
  const bias = tf.variable(tf.zeros([3]));
  const model: Model = {
    weights: [kernel, bias].map((variable, index) => ({
      name: ['kernel', 'bias'][index] ?? '',
      variable,
      trainable: true,
    })),
    call: (x) => tf.softmax(tf.add(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D), bias)),
  };
  const trainer = new Trainer(model, {
    optimizer: tf.train.sgd(0.1),
    loss: loss as LossName,
    metrics: ['accuracy'],
  });
  const [x] = rows(0, 6);
  const { history } = await trainer.fit(x, y, {
    batchSize: 2,
    epochs: 2,
    shuffle: false,
    verbose: 0,
    classWeight: { 1: 3, 2: 0.5 },
  });
  expectAll(history['loss'] ?? [], [1.7397246, 1.5749216]);
  expectAll(history['accuracy'] ?? [], [0.1666667, 0.1666667]);
  expectWeights(
    model,
    [0.4861696, -0.0890969, -0.0470727, 0.1469021, 0.3331256, -0.3800277, -0.1260216, 0.2976651, -0.1716434],
  );
});

function regression(noise: (x: tf.Tensor) => tf.Tensor = (x) => x): { model: Model; trainer: Trainer } {
  const kernel = tf.variable(tf.tensor2d([[0.5], [-0.25]]));
  const bias = tf.variable(tf.tensor1d([0.1]));
  const model: Model = {
    weights: [kernel, bias].map((variable, index) => ({
      name: ['kernel', 'bias'][index] ?? '',
      variable,
      trainable: true,
    })),
    call: (x, { training }) =>
      tf.add(tf.matMul((training ? noise(x as tf.Tensor) : x) as tf.Tensor2D, kernel as tf.Tensor2D), bias),
  };
  return {
    model,
    trainer: new Trainer(model, { optimizer: tf.train.sgd(0.1), loss: 'mse', metrics: ['mae'] }),
  };
}

function rows(begin: number, end: number): [x: number[][], y: number[][]] {
  const indices = Array.from({ length: end - begin }, (_, row) => begin + row);
  return [indices.map((i) => [Math.sin(1 + 2 * i), Math.sin(2 + 2 * i)]), indices.map((i) => [Math.cos(i)])];
}

function expectClose(logs: Logs, recorded: Logs) {
  expect(Object.keys(logs)).toEqual(Object.keys(recorded));
  expectAll(Object.values(logs), Object.values(recorded));
}

function expectWeights({ weights }: Model, recorded: readonly number[]) {
  expectAll(
    weights.flatMap(({ variable }) => [...variable.dataSync()]),
    recorded,
  );
}

function expectAll(values: readonly number[], recorded: readonly number[]) {
  expect(values).toHaveLength(recorded.length);
  values.forEach((value, index) => expect(value).toBeCloseTo(recorded[index] ?? NaN, 5));
}
