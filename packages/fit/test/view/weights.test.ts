import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type CallbackHooks,
  type HookName,
  type TrainerView,
  type WeightValues,
} from '@keepfit/callbacks';
import { type Model, Trainer, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { createSlowStore } from '../../src/testing/slow-store.js';
import { caught } from '../helpers/caught.js';
import { look } from '../helpers/look.js';
import { plainData } from '../helpers/plain-data.js';
import type { PlainModel } from '../helpers/plain-model.js';
import { proofOfEnd } from '../helpers/proof-of-end.js';
import { storedTraining } from '../helpers/stored.js';
import { throwAt } from '../helpers/throw-at.js';
import { BATCHES, type Ended, EPOCHS, plainTrainer, trainPlain } from '../helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));

/** All float weights times a factor. */
function scaled(weights: WeightValues, factor: number): WeightValues {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { data, shape }]) => [
      name,
      { data: data instanceof Float32Array ? data.map((value) => value * factor) : data, shape },
    ]),
  );
}

test('getWeights has all weights in the order of the model, with their values and types', async () => {
  const trainer = plainTrainer();
  let checked = 0;
  const callback = look(['onTrainBatchEnd'], async (model) => {
    const weights = await model.getWeights();
    expect(Object.keys(weights)).toEqual(trainer.model.weights.map(({ name }) => name));
    for (const { name, variable } of trainer.model.weights)
      expect(weights[name]).toEqual({ data: variable.dataSync().slice(), shape: variable.shape });
    expect(weights['calls']!.data).toBeInstanceOf(Int32Array);
    checked += 1;
  });
  await trainPlain({ before: [callback] }, trainer);
  expect(checked).toBe(EPOCHS * BATCHES);
});

test('getWeights has the values of its call, and they are copies', async () => {
  let early: Promise<WeightValues> | undefined;
  const callback = look(['onTrainBatchEnd'], async (model) => {
    if (early !== undefined) return;
    early = model.getWeights();
    const now = await model.getWeights();
    model.setWeights(scaled(now, 2));
    expect(await early).toEqual(now);
    now['kernel1']!.data.fill(NaN);
    expect(await early).not.toEqual(now);
  });
  await trainPlain({ before: [callback] });
  expect(early).toBeDefined();
});

test('setWeights with what getWeights returned changes nothing', async () => {
  const without = await trainPlain();
  const callback = look(
    [
      'onTrainBegin',
      'onEpochBegin',
      'onTrainBatchEnd',
      'onTestBegin',
      'onTestEnd',
      'onEpochEnd',
      'onTrainEnd',
    ],
    async (model) => model.setWeights(await model.getWeights()),
  );
  const ended = await trainPlain({ before: [callback] });
  expect(ended.proof).toEqual(without.proof);
  expect(ended.calls).toEqual(without.calls);
});

test('the next step trains from the weights that were set, and later changes of the arrays do not matter', async () => {
  const data = Float32Array.of(3);
  const variable = tf.variable(tf.tensor1d([1]));
  const model: Model = {
    weights: [{ name: 'w', variable, trainable: true }],
    call: (input) => tf.mul(input as tf.Tensor, variable),
  };
  const trainer = new Trainer(model, { optimizer: tf.train.sgd(0.5), loss: 'mse' });
  const seen: number[][] = [];
  const callback = look(['onTrainBatchBegin'], async (view) => {
    view.setWeights({ w: { data, shape: [1] } });
    data.fill(99);
    expect((await view.getWeights())['w']!.data[0]).toBe(3);
    data.fill(3);
    data[0] = 3;
  });
  const after: CallbackHooks = {
    batchLogs: false,
    onTrainBatchEnd: () => void seen.push([...variable.dataSync()]),
  };
  await trainer.fit([[1], [1]], [[0], [0]], { batchSize: 1, verbose: 0, callbacks: [callback, after] });
  // The gradient of (w * 1)^2 is 2 w: each step from 3 ends at 0.
  expect(seen).toEqual([[0], [0]]);
});

test('constraints wait for the next step, and weights that are not trained are set too', async () => {
  const made = (value: number, dtype?: 'bool') => tf.variable(tf.tensor1d([value], dtype), true);
  const [w, flag] = [made(1), made(0, 'bool')];
  const model: Model = {
    weights: [
      { name: 'w', variable: w, trainable: true, constraint: (value) => tf.minimum(value, 1) },
      { name: 'flag', variable: flag, trainable: false },
    ],
    call: (input) => tf.mul(input as tf.Tensor, w),
  };
  const trainer = new Trainer(model, { optimizer: tf.train.sgd(0), loss: 'mse' });
  const seen: unknown[] = [];
  const callback = look(['onTrainBatchBegin', 'onTrainBatchEnd'], async (view, hook) => {
    if (hook === 'onTrainBatchBegin')
      view.setWeights({
        w: { data: Float32Array.of(5), shape: [1] },
        flag: { data: Uint8Array.of(1), shape: [1] },
      });
    const values = await view.getWeights();
    seen.push([values['w']!.data[0], values['flag']!.data[0]]);
  });
  await trainer.fit([[1]], [[0]], { verbose: 0, callbacks: [callback] });
  expect(seen).toEqual([
    [5, 1],
    [1, 1],
  ]);
});

const fine = { data: Float32Array.of(1, 2), shape: [2] };

describe('setWeights refuses what does not fit, and changes nothing', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /a record of all weights/],
    ['a list', [fine], /a record of all weights/],
    ['a weight that is missing', { a: fine }, /lacks the weight "b"/],
    ['a weight that is unknown', { a: fine, b: { data: Int32Array.of(1), shape: [1] }, c: fine }, /"c"/],
    ['null as a weight', { a: fine, b: null }, /"b"/],
    [
      'another shape',
      { a: { data: fine.data, shape: [2, 1] }, b: { data: Int32Array.of(1), shape: [1] } },
      /"a"/,
    ],
    ['too few values', { a: fine, b: { data: Int32Array.of(), shape: [1] } }, /"b"/],
    ['another type', { a: fine, b: { data: Float32Array.of(1), shape: [1] } }, /"b".*Int32Array/],
    [
      'a list of numbers',
      { a: { data: [1, 2], shape: [2] }, b: { data: Int32Array.of(1), shape: [1] } },
      /"a"/,
    ],
    ['an inherited weight', Object.create({ a: fine, b: fine }), /lacks the weight "a"/],
  ])('%s', async (_what, weights, message) => {
    const [a, b] = [tf.variable(tf.tensor1d([7, 8])), tf.variable(tf.tensor1d([9], 'int32'))];
    const model: Model = {
      weights: [
        { name: 'a', variable: a, trainable: true },
        { name: 'b', variable: b, trainable: false },
      ],
      call: (input) => tf.mul(input as tf.Tensor, a),
    };
    const trainer = new Trainer(model, { optimizer: tf.train.sgd(0), loss: 'mse' });
    let error: unknown;
    const callback = look(['onEpochEnd'], async (view) => {
      const held = tf.memory().numTensors;
      error = await caught(Promise.resolve().then(() => view.setWeights(weights as WeightValues)));
      expect(tf.memory().numTensors).toBe(held);
    });
    await trainer.fit([[1, 1]], [[0, 0]], { verbose: 0, callbacks: [callback] });
    expect(error).toMatchObject({ code: 'KEEPFIT_INVALID_DATA', message: expect.stringMatching(message) });
    expect([...a.dataSync(), ...b.dataSync()]).toEqual([7, 8, 9]);
  });

  test('another value than 0 and 1 for a weight of bools', async () => {
    const [w, flag] = [tf.variable(tf.tensor1d([1])), tf.variable(tf.tensor1d([0], 'bool'))];
    const model: Model = {
      weights: [
        { name: 'w', variable: w, trainable: true },
        { name: 'flag', variable: flag, trainable: false },
      ],
      call: (input) => tf.mul(input as tf.Tensor, w),
    };
    const trainer = new Trainer(model, { optimizer: tf.train.sgd(0), loss: 'mse' });
    const callback = look(['onEpochEnd'], (view) =>
      view.setWeights({
        w: { data: Float32Array.of(2), shape: [1] },
        flag: { data: Uint8Array.of(2), shape: [1] },
      }),
    );
    expect(await caught(trainer.fit([[1]], [[0]], { verbose: 0, callbacks: [callback] }))).toMatchObject({
      code: 'KEEPFIT_INVALID_DATA',
      message: expect.stringContaining('"flag"'),
    });
    expect([...w.dataSync()]).toEqual([1]);
  });
});

test.each<HookName>(['onTestBatchBegin', 'onTestBatchEnd', 'onBackup'])(
  'setWeights is refused in %s',
  async (hook) => {
    const callback = look([hook], async (model) => model.setWeights(await model.getWeights()));
    const backup = new BackupAndRestore(memoryStore());
    expect(await caught(trainPlain({ before: [callback, backup] }))).toMatchObject({
      code: 'KEEPFIT_INVALID_STATE',
      message: expect.stringContaining(hook),
    });
  },
);

test('setWeights is refused while no hook is running', async () => {
  let view: TrainerView | undefined;
  const trainer = plainTrainer();
  const callback: CallbackHooks = { setModel: (model) => void (view = model) };
  await trainPlain({ before: [callback] }, trainer);
  const error = await caught(Promise.resolve().then(() => view!.setWeights({})));
  expect(error).toMatchObject({ code: 'KEEPFIT_INVALID_STATE', message: expect.stringContaining('no hook') });
});

/** Halves the weights when a fit, an epoch or a validation begins or ends, and after every second batch. */
function halve(): CallbackHooks {
  let batches = 0;
  const hooks = look(
    [
      'onTrainBegin',
      'onEpochBegin',
      'onTrainBatchEnd',
      'onTestBegin',
      'onTestEnd',
      'onEpochEnd',
      'onTrainEnd',
    ],
    async (model, hook) => {
      if (hook === 'onTrainBatchEnd' && batches++ % 2 === 0) return;
      model.setWeights(scaled(await model.getWeights(), 0.5));
    },
  );
  return {
    ...hooks,
    getState: () => ({ batches }),
    setState: (state) => void (batches = Number(state['batches'])),
  };
}

describe('weights that are set are part of the state', () => {
  let whole: Ended;
  beforeAll(async () => {
    whole = await trainPlain({ before: [halve()] });
    expect(whole.proof).not.toEqual((await trainPlain()).proof);
  });

  test.each([2, 'epoch'] as const)(
    'a crash anywhere ends as if nothing had happened, with saveFreq %s',
    async (saveFreq) => {
      for (const crash of [
        { hook: 'onTrainBatchEnd', call: 2 },
        { hook: 'onTrainBatchBegin', call: 4 },
        { hook: 'onTestBegin', call: 1 },
        { hook: 'onTestBatchEnd', call: 3 },
        { hook: 'onEpochEnd', call: 2 },
        { hook: 'onTrainEnd', call: 1 },
      ] as const) {
        const store = memoryStore();
        const before = () => [new BackupAndRestore(store, { saveFreq }), halve()];
        await caught(trainPlain({ before: before(), after: [throwAt(crash)] }));
        const { proof, whole: history } = await trainPlain({ init: 99, before: before() });
        expect(proof, `${crash.hook} ${crash.call}`).toEqual(whole.proof);
        expect(history.history).toEqual(whole.whole.history);
      }
    },
  );
});

test('a backup that is requested at the same point has the new weights; one in flight keeps the old ones', async () => {
  const { store, let: finish } = createSlowStore();
  const trainer = plainTrainer();
  const kernel = (trainer.model as PlainModel).weights.find(({ name }) => name === 'kernel1')!.variable;
  const states: Record<string, number[]> = {};
  let batch = 0;
  const callback = look(['onTrainBatchEnd'], async (model) => {
    batch += 1;
    if (batch === 2) {
      // The backup of the first batch waits in the store.
      model.setWeights(scaled(await model.getWeights(), 0));
      finish();
    }
    if (batch === 1) model.setWeights(scaled(await model.getWeights(), 3));
    states[batch] = [...kernel.dataSync()];
  });
  const stop = throwAt({ hook: 'onTrainBatchBegin', call: 3 });
  await caught(
    trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 2 }), callback, stop] }, trainer),
  );
  const saved = await storedTraining(store);
  const tensor = saved.tensors.get('weights/kernel1')!;
  const bytes = tensor.bytes.slice();
  expect(saved.state).toMatchObject({ progress: { step: 2 } });
  expect([...new Float32Array(bytes.buffer)]).toEqual(states[2]);
});

test('a backup in flight holds the weights of its own instant', async () => {
  const { store, let: finish } = createSlowStore();
  const trainer = plainTrainer();
  const kernel = (trainer.model as PlainModel).weights.find(({ name }) => name === 'kernel1')!.variable;
  let before: number[] = [];
  const callback = look(['onTrainBatchBegin'], async (model) => {
    if (before.length > 0 || trainer.optimizer.iterations !== 1) return;
    before = [...kernel.dataSync()];
    model.setWeights(scaled(await model.getWeights(), 7));
    finish();
    throw new Error('the power is gone');
  });
  await caught(trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 1 }), callback] }, trainer));
  const saved = await storedTraining(store);
  expect(saved.state).toMatchObject({ progress: { step: 1 } });
  expect([...new Float32Array(saved.tensors.get('weights/kernel1')!.bytes.slice().buffer)]).toEqual(before);
});

test('in a resumed run the saved weights win over what onTrainBegin sets, and a restore that fails leaves the former ones', async () => {
  const store = memoryStore();
  await caught(
    trainPlain({
      before: [new BackupAndRestore(store, { saveFreq: 1 }), throwAt({ hook: 'onTrainBatchEnd', call: 3 })],
    }),
  );
  const whole = await trainPlain();
  const wipe = look(['onTrainBegin', 'onEpochBegin'], async (model) =>
    model.setWeights(scaled(await model.getWeights(), 0)),
  );
  let epochs = 0;
  const wipeOnce: CallbackHooks = {
    ...wipe,
    onEpochBegin: async (...given) => (epochs++ === 0 ? wipe.onEpochBegin!(...given) : undefined),
  };
  const failing = plainTrainer({ init: 5 });
  const former = failing.model.weights.map(({ variable }) => [...variable.dataSync()]);
  const refuses: CallbackHooks = { ...throwAt({ hook: 'onEpochBegin', call: 1 }) };
  await caught(trainPlain({ before: [new BackupAndRestore(store), wipe, refuses] }, failing));
  expect(failing.model.weights.map(({ variable }) => [...variable.dataSync()])).toEqual(former);

  const end = proofOfEnd();
  const { proof } = await trainPlain({
    init: 99,
    before: [new BackupAndRestore(store), wipeOnce],
    after: [end],
  });
  expect(proof).toEqual(whole.proof);
});

test('optimizer tells class, rate, steps and settings, and cannot be written', async () => {
  const seen: unknown[] = [];
  const trainer = plainTrainer();
  const given = plainData(4);
  const callback = look(['onTrainBegin', 'onEpochEnd'], (model) => {
    seen.push(model.optimizer);
    expect(() => Object.assign(model.optimizer, { learningRate: 1 })).toThrow(TypeError);
  });
  await trainer.fit(given.x, given.y, { batchSize: 2, verbose: 0, callbacks: [callback] });
  const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
  expect(seen).toEqual([
    {
      className: 'Adam',
      learningRate: 0.05,
      hasSchedule: false,
      iterations: 0,
      config: { learningRate: 0.05, ...settings },
    },
    {
      className: 'Adam',
      learningRate: 0.05,
      hasSchedule: false,
      iterations: 2,
      config: { learningRate: 0.05, ...settings },
    },
  ]);
});

test('an optimizer that lacks a rate, a count and a configuration is told of all the same', async () => {
  class Plain {
    applyGradients(): void {}
  }
  const { model } = plainTrainer();
  const trainer = new Trainer(model, { optimizer: new Plain() as never, loss: 'mse' });
  let seen: unknown;
  const callback = look(['onTestEnd'], (view) => void (seen = view.optimizer));
  const given = plainData(4);
  await trainer.evaluate(given.x, given.y, { verbose: 0, callbacks: [callback] });
  expect(seen).toEqual({
    className: 'Plain',
    learningRate: undefined,
    hasSchedule: false,
    iterations: undefined,
    config: {},
  });
});
