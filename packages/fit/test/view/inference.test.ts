import { cpuBackend } from '@keepfit/backend-cpu';
import { Callback, type CallbackHooks, type Logs, type TensorValues } from '@keepfit/callbacks';
import { type Model, Trainer, useBackend } from '@keepfit/fit';
import { data as tfData } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test, vi } from 'vitest';
import { caught } from '../helpers/caught.js';
import { look } from '../helpers/look.js';
import { plainData } from '../helpers/plain-data.js';
import { plainFitOptions, plainTrainer, trainPlain } from '../helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));

const { x, y } = plainData(10, 30);

/** Calls the view once, in the middle of a fit, and resolves to what came of it. */
async function inFit<T>(use: Parameters<typeof look>[1], trainer = plainTrainer()): Promise<T> {
  let result: { value: T } | undefined;
  const callback = look(['onTrainBatchEnd'], async (model, hook) => {
    result ??= { value: (await use(model, hook)) as T };
  });
  const given = plainData(10);
  await trainer.fit(given.x, given.y, { ...plainFitOptions(), epochs: 1, callbacks: [callback] });
  return result!.value;
}

test('evaluate and predict give what the trainer gives for the same weights', async () => {
  const trainer = plainTrainer();
  const seen = await inFit<{ logs: Logs; values: TensorValues }>(async (model) => {
    const logs = await model.evaluate(x, y, { batchSize: 4 });
    expect(logs).toEqual(await trainer.evaluate(x, y, { batchSize: 4, verbose: 0 }));
    const values = (await model.predict(x, { batchSize: 4 })) as TensorValues;
    const outputs = (await trainer.predict(x, { batchSize: 4, verbose: 0 })) as tf.Tensor;
    expect(values).toEqual({ data: await outputs.data(), shape: outputs.shape });
    outputs.dispose();
    return { logs, values };
  }, trainer);
  expect(Object.keys(seen.logs)).toEqual(['accuracy', 'auc', 'loss', 'mse', 'precision']);
  expect(seen.values.data).toBeInstanceOf(Float32Array);
  expect(seen.values.shape).toEqual([10, 1]);
});

test('data may be nested arrays, typed arrays with a shape, tensors, and batches, without a hole for y', async () => {
  const nested = (array: { data: Float32Array; shape: number[] }) =>
    Array.from({ length: array.shape[0]! }, (_, row) => [
      ...array.data.subarray(row * array.shape[1]!, (row + 1) * array.shape[1]!),
    ]);
  const dataset = tfData
    .zip({ xs: tfData.array(nested(x)), ys: tfData.array(nested(y)) })
    .batch(4) as unknown as tfData.Dataset<tf.TensorContainer>;
  await inFit(async (model) => {
    const logs = await model.evaluate(x, y, { batchSize: 4 });
    const tensors = { x: tf.tensor(x.data, [10, 3]), y: tf.tensor(y.data, [10, 1]) };
    expect(await model.evaluate(nested(x), nested(y), { batchSize: 4 })).toEqual(logs);
    expect(await model.evaluate(tensors.x, tensors.y, { batchSize: 4 })).toEqual(logs);
    expect(await model.evaluate(dataset)).toEqual(logs);
    expect(await model.evaluate(dataset, { steps: 3 })).toEqual(logs);
    expect((await model.evaluate(() => [{ xs: x, ys: y }]))['auc']).toBe(logs['auc']);
    const values = await model.predict(x);
    expect(await model.predict(tensors.x)).toEqual(values);
    expect(await model.predict(nested(x))).toEqual(values);
    expect(await model.predict(dataset)).toMatchObject({ shape: [10, 1] });
    expect(await model.predict({ batchesFrom: () => [{ xs: x }], length: 1 })).toEqual(values);
    tf.dispose(tensors);
  });
});

/** A model of two outputs, one of whole numbers and one of bools. */
function twoOutputs(): Trainer {
  const variable = tf.variable(tf.tensor1d([2]));
  const model: Model = {
    weights: [{ name: 'scale', variable, trainable: true }],
    inputNames: ['a', 'b'],
    outputNames: ['sum', 'product'],
    call: (inputs, { training }) => {
      const [a, b] = inputs as tf.Tensor[];
      const outputs = [tf.mul(tf.add(a!, b!), variable), tf.mul(tf.mul(a!, b!), variable)];
      return training ? outputs : [tf.cast(outputs[0]!, 'int32'), tf.greater(outputs[1]!, 0)];
    },
  };
  return new Trainer(model, { optimizer: tf.train.sgd(0), loss: 'mse' });
}

test('several inputs are a list or a record, several outputs a list, and types are those of the tensors', async () => {
  const columns = { a: [[1], [2]], b: [[3], [-1]] };
  let values: unknown;
  const callback = look(['onEpochEnd'], async (model) => {
    values = await model.predict(columns);
    const { a, b } = {
      a: { data: Float32Array.of(1, 2), shape: [2, 1] },
      b: { data: Float32Array.of(3, -1), shape: [2, 1] },
    };
    expect(await model.predict([a, b])).toEqual(values);
  });
  const targets = { sum: [[1], [1]], product: [[1], [1]] };
  await twoOutputs().fit(columns, targets, { verbose: 0, callbacks: [callback] });
  expect(values).toEqual([
    { data: Int32Array.of(8, 2), shape: [2, 1] },
    { data: Uint8Array.of(1, 0), shape: [2, 1] },
  ]);
});

test('what predict and getWeights return are data again', async () => {
  await inFit(async (model) => {
    const values = (await model.predict(x)) as TensorValues;
    expect((await model.evaluate(x, values))['mse']).toBe(0);
    const { kernel1 } = await model.getWeights();
    expect(await model.predict({ ...kernel1!, shape: [4, 3] })).toMatchObject({ shape: [4, 1] });
  });
});

test('the values are copies: a model that returns its weight or its input gives neither away', async () => {
  const variable = tf.variable(tf.tensor2d([[1, 2]]));
  const model: Model = {
    weights: [{ name: 'w', variable, trainable: true }],
    call: (input, { training }) => (training ? tf.mul(input as tf.Tensor, variable) : variable),
  };
  const trainer = new Trainer(model, { optimizer: tf.train.sgd(0), loss: 'mse' });
  const callback = look(['onEpochEnd'], async (view) => {
    const values = (await view.predict([[5, 6]])) as TensorValues;
    values.data.fill(9);
    (await view.getWeights())['w']!.data.fill(9);
  });
  await trainer.fit([[1, 1]], [[1, 1]], { verbose: 0, callbacks: [callback] });
  expect([...variable.dataSync()]).toEqual([1, 2]);
});

test('both are silent, unless verbose asks for a line', async () => {
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  try {
    await inFit(async (model) => {
      await model.evaluate(x, y);
      await model.predict(x);
      expect(write).not.toHaveBeenCalled();
      await model.evaluate(x, y, { verbose: 2 });
      expect(write.mock.calls.join('')).toContain('loss');
    });
  } finally {
    write.mockRestore();
  }
});

test('neither calls a hook of the training', async () => {
  const without = await trainPlain();
  const use = look(['onTrainBatchEnd', 'onTestEnd', 'onEpochEnd'], async (model) => {
    await model.evaluate(x, y);
    await model.predict(x);
  });
  const { calls } = await trainPlain({ before: [use] });
  expect(calls).toEqual(without.calls);
});

test.each<[string, Parameters<typeof look>[1], string, RegExp]>([
  ['no targets', (model) => model.evaluate(x, undefined as never), 'KEEPFIT_INVALID_DATA', /y is missing/],
  [
    'an option that it does not have',
    (model) => model.evaluate(x, y, { callbacks: [] } as object),
    'KEEPFIT_INVALID_OPTION',
    /no option "callbacks"/,
  ],
  [
    'options of the wrong kind',
    (model) => model.predict(x, { batchSize: 0 }),
    'KEEPFIT_INVALID_OPTION',
    /batchSize/,
  ],
  [
    'another verbosity',
    (model) => model.evaluate(x, y, { verbose: 'auto' as never }),
    'KEEPFIT_INVALID_OPTION',
    /0, 1 or 2/,
  ],
  [
    'sampleWeight in predict',
    (model) => model.predict(x, { sampleWeight: [1] } as object),
    'KEEPFIT_INVALID_OPTION',
    /sampleWeight/,
  ],
  [
    'a hole for y of batches',
    (model) => model.evaluate((() => []) as never, undefined as never, { steps: 1 }),
    'KEEPFIT_INVALID_OPTION',
    /one argument too many/,
  ],
  [
    'targets for batches',
    (model) => model.evaluate((() => []) as never, [[1]] as never),
    'KEEPFIT_INVALID_DATA',
    /y of evaluate/,
  ],
  ['no batch', (model) => model.predict(() => []), 'KEEPFIT_INVALID_DATA', /got no batch/],
  [
    'an endless source',
    (model) => model.predict({ batchesFrom: () => [], length: Infinity } as never),
    'KEEPFIT_INVALID_OPTION',
    /steps of predict/,
  ],
  ['another number of targets', (model) => model.evaluate(x, [[1]]), 'KEEPFIT_INVALID_DATA', /same number/],
])('%s is refused', async (_what, use, code, message) => {
  expect(await caught(inFit(use))).toMatchObject({ code, message: expect.stringMatching(message) });
});

test('sampleWeight counts, under both names', async () => {
  await inFit(async (model) => {
    const weights = Array.from({ length: 10 }, (_, index) => index % 3);
    const weighted = await model.evaluate(x, y, { sampleWeight: weights });
    expect(weighted).toEqual(await model.evaluate(x, y, { sampleWeights: weights }));
    expect(weighted['loss']).not.toBe((await model.evaluate(x, y))['loss']);
    const both = model.evaluate(x, y, { sampleWeight: weights, sampleWeights: weights });
    expect(await caught(both)).toMatchObject({ code: 'KEEPFIT_INVALID_OPTION' });
  });
});

test('they work in an evaluation and a prediction outside fit, as this.model of a class', async () => {
  class Peek extends Callback {
    readonly seen: unknown[] = [];
    override async onTestEnd(): Promise<void> {
      this.seen.push(await this.model.predict([[1, 2, 3]]), this.model.optimizer.className);
    }
    override async onPredictEnd(): Promise<void> {
      this.seen.push(await this.model.evaluate(x, y));
    }
  }
  const trainer = plainTrainer();
  const peek = new Peek();
  const callbacks: CallbackHooks[] = [peek];
  const logs = await trainer.evaluate(x, y, { verbose: 0, callbacks });
  tf.dispose(await trainer.predict(x, { verbose: 0, callbacks }));
  expect(peek.seen).toEqual([{ data: expect.any(Float32Array), shape: [1, 1] }, 'Adam', logs]);
});

test('the metric of accuracy goes by the data that are evaluated, whatever was trained before', async () => {
  const variable = tf.variable(tf.eye(3));
  const model: Model = {
    weights: [{ name: 'w', variable, trainable: true }],
    call: (input) => tf.matMul(input as tf.Tensor2D, variable as tf.Tensor2D),
  };
  const loss = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.mean(tf.sub(yPred, tf.mul(yTrue, 0)), -1);
  const train = async (callbacks: CallbackHooks[]) => {
    const trainer = new Trainer(model, { optimizer: tf.train.sgd(0), loss, metrics: ['accuracy'] });
    const oneHot = [
      [1, 0, 0],
      [0, 1, 0],
    ];
    await trainer.fit(oneHot, oneHot, { verbose: 0, epochs: 2, seed: 1, callbacks });
    return trainer.history.history['accuracy'];
  };
  const classes: unknown[] = [];
  const callback = look(['onTrainBegin', 'onEpochEnd'], async (view) => {
    classes.push((await view.evaluate([[0, 0, 1]], [[2]]))['accuracy']);
  });
  expect(await train([callback])).toEqual(await train([]));
  expect(classes).toEqual([1, 1, 1]);
});
