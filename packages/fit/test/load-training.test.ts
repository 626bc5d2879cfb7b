import { cpuBackend } from '@keepfit/backend-cpu';
import { ModelCheckpoint } from '@keepfit/callbacks';
import { Trainer, useBackend } from '@keepfit/fit';
import { adam, cosineDecay, exponentialDecay } from '@keepfit/optimizers';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { ByName } from './helpers/own-optimizers.js';
import { plainData } from './helpers/plain-data.js';
import { plainModel } from './helpers/plain-model.js';
import { weightsOf } from './helpers/weights-of.js';
import { withState } from './helpers/with-state.js';

beforeAll(() => useBackend(cpuBackend()));
afterEach(() => vi.restoreAllMocks());

const { x, y } = plainData(6);

const optimizers: Readonly<Record<string, () => tf.Optimizer>> = {
  sgd: () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.05, 0.9),
  rmsprop: () => tf.train.rmsprop(0.05, 0.9, 0.5, undefined, true),
  adagrad: () => tf.train.adagrad(0.05),
  adam: () => tf.train.adam(0.05),
  adamax: () => tf.train.adamax(0.05),
  'one of your own': () => new ByName(),
};

function createTrainer(optimizer: tf.Optimizer, seed = 1): Trainer {
  return new Trainer(withState(plainModel(seed)), { optimizer, loss: 'mse' });
}

function seen(trainer: Trainer): unknown {
  const state = trainer.model.states![0]!.read();
  const [sum] = state.dataSync();
  state.dispose();
  return { ...(weightsOf(trainer) as object), sum, rate: trainer.learningRate };
}

/** Trains an epoch at a rate that is not the optimizer's first, and saves it. */
async function save(optimizer: tf.Optimizer, rate: number | 'scheduled' = 0.03) {
  const store = memoryStore();
  const trainer = createTrainer(optimizer);
  if (rate !== 'scheduled') trainer.learningRate = rate;
  const callbacks = [new ModelCheckpoint(store, { keyPattern: 'last' })];
  await trainer.fit(x, y, { batchSize: 3, seed: 3, verbose: 0, callbacks });
  return { store, trainer };
}

test.each(Object.entries(optimizers))(
  'loadTraining restores weights, states, learning rate and optimizer, so that training continues: %s',
  async (_name, create) => {
    const { store, trainer } = await save(create());
    const loaded = createTrainer(create(), 99);
    await loaded.fit(x, y, { batchSize: 6, seed: 8, verbose: 0 });
    expect(await loaded.loadTraining(store, 'last')).toEqual({
      epoch: 1,
      batch: 0,
      step: 2,
      savedAt: expect.any(Date),
      library: expect.any(String),
    });
    const tensors = tf.memory().numTensors;
    await loaded.loadTraining(store, 'last');
    expect(tf.memory().numTensors).toBe(tensors);
    expect(seen(loaded)).toEqual(seen(trainer));
    for (const each of [trainer, loaded]) await each.trainOnBatch(x, y, { seed: 5 });
    expect(seen(loaded)).toEqual(seen(trainer));
  },
);

test('loadWeights leaves optimizer, learning rate and states as they are', async () => {
  const { store, trainer } = await save(tf.train.adam(0.05));
  const loaded = createTrainer(tf.train.adam(0.05), 99);
  await loaded.loadWeights(store, 'last');
  expect(seen(loaded)).toEqual({ ...(seen(trainer) as object), iterations: 0, sum: 0, rate: 0.05 });
});

test('another class of optimizer is refused with every other difference, and nothing is changed', async () => {
  const { store } = await save(tf.train.adam(0.05));
  const loaded = new Trainer(plainModel(99), { optimizer: tf.train.momentum(0.05, 0.9), loss: 'mse' });
  const before = weightsOf(loaded);
  const error = await caught(loaded.loadTraining(store, 'last'));
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
  expect(error.message).toContain('optimizer.class: saved "Adam", now "Momentum"');
  expect(error.message).toContain('states["sum"]: saved "float32 []", now null');
  expect([weightsOf(loaded), loaded.learningRate]).toEqual([before, 0.05]);
});

describe('optimizers by the names of their phases', () => {
  const names: Readonly<Record<string, readonly string[]>> = {
    none: [],
    one: ['one'],
    both: ['one', 'the-other'],
    renamed: ['one', 'another'],
  };
  const create = (phases: string, optimizer: 'adam' | 'sgd' = 'adam') => {
    const model = plainModel(1);
    const loss = () => tf.sum(tf.square(model.weights[0]!.variable));
    if (phases === 'none') return new Trainer(model, { optimizer: 'adam', loss: 'mse' });
    const made = names[phases]!.map((name) => ({ name, optimizer, loss }));
    return new Trainer(model, { phases: made }) as unknown as Trainer;
  };
  const saveAll = async (trainer: Trainer) => {
    const store = memoryStore();
    const callbacks = [new ModelCheckpoint(store, { keyPattern: 'last' })];
    await trainer.fit(x, y, { seed: 3, verbose: 0, callbacks });
    return store;
  };

  test.each([
    ['none', 'both', 'optimizer.class: saved "Adam", now null'],
    ['both', 'none', 'optimizer.class: saved null, now "Adam"'],
    ['both', 'one', 'optimizers.the-other.class: saved "Adam", now null'],
    ['one', 'both', 'optimizers.the-other.class: saved null, now "Adam"'],
    ['both', 'renamed', 'optimizers.another.class: saved null, now "Adam"'],
  ])('are refused if they are others: %s, then %s', async (saved, now, difference) => {
    const store = await saveAll(create(saved));
    expect(await caught(create(now).loadTraining(store, 'last'))).toMatchObject({
      code: 'KEEPFIT_CHECKPOINT_MISMATCH',
      message: expect.stringContaining(difference),
    });
  });

  test('are refused if one is of another class', async () => {
    const store = await saveAll(create('both'));
    expect((await caught(create('both', 'sgd').loadTraining(store, 'last'))).message).toContain(
      'optimizers.the-other.class: saved "Adam", now "SGD"',
    );
    await create('both').loadTraining(store, 'last');
  });
});

test('a state that the options of now do not fit is refused by name, and nothing is changed', async () => {
  const { store } = await save(adam({ learningRate: 0.05 }));
  const loaded = createTrainer(adam({ learningRate: 0.5, useEma: true }), 99);
  const before = seen(loaded);
  const error = await caught(loaded.loadTraining(store, 'last'));
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
  expect(error.message).toMatch(
    /the checkpoint "last" of .* was saved with another optimizer; nothing was changed \(.*Adam refuses .*average\//,
  );
  expect(error.message).not.toContain('writeState');
  expect(seen(loaded)).toEqual(before);
});

test('another class of schedule is a setting, which is warned about', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const initialLearningRate = 0.1;
  const decay = exponentialDecay({ initialLearningRate, decaySteps: 10, decayRate: 0.5 });
  const { store } = await save(adam({ learningRate: decay }), 'scheduled');
  const cosine = cosineDecay({ initialLearningRate, decaySteps: 10 });
  await createTrainer(adam({ learningRate: cosine })).loadTraining(store, 'last');
  expect(warn.mock.calls).toEqual([[expect.stringContaining('optimizer.schedule.class: saved "Exp')]]);
});

test('other settings of the optimizer are warned about, and hold', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { store } = await save(tf.train.adam(0.05, 0.9));
  await createTrainer(tf.train.adam(0.05, 0.8)).loadTraining(store, 'last');
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(
      /the checkpoint "last" .* other settings .*optimizer\.beta1: saved 0\.9, now 0\.8/s,
    ),
  );
});

test('a fit waits for nobody: it is refused while its model is given a training', async () => {
  const { store } = await save(tf.train.adam(0.05));
  const loaded = createTrainer(new ByName());
  const state = loaded.model.states![0]!;
  let fitting: Promise<unknown> | undefined;
  const read = state.read.bind(state);
  vi.spyOn(state, 'read').mockImplementation(() => {
    fitting ??= caught(loaded.fit(x, y, { verbose: 0 }));
    return read();
  });
  await caught(loaded.loadTraining(store, 'last'));
  expect(await fitting).toMatchObject({
    code: 'KEEPFIT_INVALID_STATE',
    message: expect.stringContaining('fit was called while loadTraining of this model runs'),
  });
});
