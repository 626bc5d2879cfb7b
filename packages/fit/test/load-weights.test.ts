import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type CallbackHooks,
  type CheckpointStore,
  ModelCheckpoint,
} from '@keepfit/callbacks';
import { decodeCheckpoint, encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { type Model, type NamedWeight, Trainer, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { plainData } from './helpers/plain-data.js';
import { plainModel } from './helpers/plain-model.js';
import { storedBytes } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import { plainTrainer } from './helpers/train-plain.js';
import { weightsOf } from './helpers/weights-of.js';

beforeAll(() => useBackend(cpuBackend()));
afterEach(() => vi.restoreAllMocks());

const silence = () => vi.spyOn(console, 'warn').mockImplementation(() => undefined);
const valuesOf = ({ weights }: Model) =>
  weights.map(({ name, variable }) => [name, [...variable.dataSync()]]);

/** A trainer without metrics. */
const createTrainer = (init = 1) => plainTrainer({ init, trainer: { metrics: [] } });

/** Trains two batches an epoch. */
async function train(trainer: Trainer, callbacks: readonly CallbackHooks[], epochs = 1): Promise<Trainer> {
  const { x, y } = plainData(6);
  await trainer.fit(x, y, { epochs, batchSize: 3, seed: 7, verbose: 0, yieldEvery: 0, callbacks });
  return trainer;
}

/** Trains, and returns the store and the values that the last epoch ended with. */
async function trained(create: (store: CheckpointStore) => ModelCheckpoint | BackupAndRestore) {
  const store = memoryStore();
  const { model } = await train(createTrainer(), [create(store)]);
  return { store, values: valuesOf(model) };
}

/** A model of these weights, each filled with a number. */
function modelOf(
  shapes: Readonly<Record<string, readonly number[]>>,
  value = 0,
  dtype: tf.DataType = 'float32',
) {
  const weights: NamedWeight[] = Object.entries(shapes).map(([name, shape]) => ({
    name,
    variable: tf.tidy(() => tf.variable(tf.fill([...shape], value, dtype as 'float32'))),
    trainable: true,
  }));
  return { weights, call: (x: tf.Tensor | tf.Tensor[]) => tf.clone(x as tf.Tensor) };
}

const trainerOf = (model: Model) => new Trainer(model, { optimizer: 'sgd', loss: 'mse' });

describe('loadWeights gives a model, not trained weights included, what was written', () => {
  const writers: Readonly<Record<string, (store: CheckpointStore) => ModelCheckpoint | BackupAndRestore>> = {
    'ModelCheckpoint of weights': (store) =>
      new ModelCheckpoint(store, { keyPattern: 'best', saveWeightsOnly: true }),
    'ModelCheckpoint of whole trainings': (store) => new ModelCheckpoint(store, { keyPattern: 'best' }),
    BackupAndRestore: (store) => new BackupAndRestore(store, { name: 'best', deleteCheckpoint: false }),
    'BackupAndRestore with two checkpoints': (store) =>
      new BackupAndRestore(store, {
        name: 'best',
        deleteCheckpoint: false,
        doubleCheckpoint: true,
        saveFreq: 1,
      }),
  };
  test.each(Object.entries(writers))('by %s', async (_name, create) => {
    const { store, values } = await trained(create);
    const other = createTrainer(99);
    const tensors = tf.memory().numTensors;
    const { loaded, skipped } = await other.loadWeights(store, 'best');
    expect(valuesOf(other.model)).toEqual(values);
    expect([loaded, skipped]).toEqual([other.model.weights.map(({ name }) => name), []]);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('by saveWeights, as they were at its call', async () => {
    const store = memoryStore();
    const trainer = createTrainer();
    const values = valuesOf(trainer.model);
    const tensors = tf.memory().numTensors;
    const saving = trainer.saveWeights(store, 'start');
    for (const { variable } of trainer.model.weights) tf.tidy(() => variable.assign(tf.zerosLike(variable)));
    await saving;
    await trainer.loadWeights(store, 'start');
    expect(valuesOf(trainer.model)).toEqual(values);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

test('of two checkpoints it takes the newest that passes every check, with a warning', async () => {
  const warn = silence();
  const store = memoryStore();
  const backup = () => new BackupAndRestore(store, { saveFreq: 1, doubleCheckpoint: true });
  const found: unknown[] = [];
  const other = createTrainer(99);
  for (const call of [2, 2]) {
    const crash = throwAt({ hook: 'onTrainBatchEnd', call });
    await caught(train(createTrainer(), [backup(), crash], 2));
    await other.loadWeights(store, 'backup');
    found.push(valuesOf(other.model));
  }
  expect(found[0]).not.toEqual(found[1]);
  expect(warn).not.toHaveBeenCalled();
  const newest = (await store.keys()).sort().at(-1)!;
  const bytes = await storedBytes(store, newest);
  await store.set(newest, contentOf(bytes.subarray(0, bytes.length - 1)));
  await other.loadWeights(store, 'backup');
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(/is used because another cannot be read/),
  );
});

test('a model of another ModelCheckpoint under the key of a second checkpoint is no second checkpoint', async () => {
  silence();
  const store = memoryStore();
  const each = new ModelCheckpoint(store, { keyPattern: 'model.{epoch}' });
  const first = new ModelCheckpoint(store, {
    keyPattern: 'model',
    monitor: 'loss',
    saveBestOnly: true,
    initialValueThreshold: 1e9,
  });
  const [trainer, other] = [createTrainer(), createTrainer(99)];
  await train(trainer, [first]);
  const values = valuesOf(trainer.model);
  await train(trainer, [each], 2);
  expect((await store.keys()).sort()).toEqual(['model', 'model.1', 'model.2']);
  await other.loadWeights(store, 'model');
  expect(valuesOf(other.model)).toEqual(values);
  const again = new BackupAndRestore(store, { name: 'model' });
  await train(createTrainer(), [again]);
  expect((await store.keys()).sort()).toEqual(['model.1', 'model.2']);
});

describe('what does not fit', () => {
  const saved = { a: [2, 3], b: [3], c: [], d: [4] };
  const current = { a: [2, 3], b: [4], c: [], e: [1] };

  async function prepare(model: Model = modelOf(current, 7)) {
    const store = memoryStore();
    await trainerOf(modelOf(saved, 5)).saveWeights(store, 'old');
    return { store, model, trainer: trainerOf(model) };
  }

  test('is listed, each weight of it, and changes nothing', async () => {
    const { store, model, trainer } = await prepare();
    const before = valuesOf(model);
    const error = await caught(trainer.loadWeights(store, 'old'));
    expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
    for (const line of [
      'the checkpoint "old"',
      'b: saved float32 [3], now float32 [4]',
      'd: saved float32 [4], now not in the model',
      'e: saved nothing, now float32 [1]',
      'skipMismatch: true',
    ])
      expect(error.message).toContain(line);
    expect(error.message).not.toContain('a: saved');
    expect(valuesOf(model)).toEqual(before);
  });

  test('is skipped with skipMismatch, in the result and in one warning', async () => {
    const warn = silence();
    const { store, model, trainer } = await prepare();
    const { loaded, skipped } = await trainer.loadWeights(store, 'old', { skipMismatch: true });
    expect(loaded).toEqual(['a', 'c']);
    expect(skipped).toEqual([
      { name: 'b', saved: 'float32 [3]', current: 'float32 [4]' },
      { name: 'e', saved: undefined, current: 'float32 [1]' },
      { name: 'd', saved: 'float32 [4]', current: undefined },
    ]);
    expect(valuesOf(model).map(([, values]) => (values as number[])[0])).toEqual([5, 7, 5, 7]);
    expect(warn).toHaveBeenCalledTimes(1);
    for (const name of ['b', 'd', 'e']) expect(warn.mock.calls[0]![0]).toContain(`\n  ${name}: saved`);
  });

  test('is an error with skipMismatch if no weight fits, as is another dtype', async () => {
    const { store, trainer } = await prepare(modelOf(saved, 1, 'int32'));
    const error = await caught(trainer.loadWeights(store, 'old', { skipMismatch: true }));
    expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
    expect(error.message).toMatch(/a: saved float32 \[2, 3\], now int32 \[2, 3\].*No weight fits/s);
  });
});

describe('a load that fails half way changes nothing, and leaves no tensor', () => {
  async function prepare() {
    const { store } = await trained((to) => new ModelCheckpoint(to, { keyPattern: 'best' }));
    const trainer = createTrainer(99);
    return { store, trainer, before: weightsOf(trainer), tensors: tf.memory().numTensors };
  }

  test.each(['loadWeights', 'loadTraining'] as const)('%s, when memory runs out', async (load) => {
    const { store, trainer, before, tensors } = await prepare();
    const backend = tf.backend();
    const { write } = backend;
    let writes = 0;
    const spy = vi.spyOn(backend, 'write').mockImplementation(function (this: typeof backend, ...args) {
      if ((writes += 1) === 4) throw new Error('out of memory');
      return write.apply(this, args);
    });
    expect((await caught(trainer[load](store, 'best'))).message).toContain('out of memory');
    spy.mockRestore();
    expect(weightsOf(trainer)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test.each(['loadWeights', 'loadTraining'] as const)('%s, when the backend fails', async (load) => {
    const { store, trainer, before, tensors } = await prepare();
    const { variable } = trainer.model.weights[3]!;
    vi.spyOn(variable, 'assign').mockImplementationOnce(() => {
      throw new Error('the GPU is lost');
    });
    expect((await caught(trainer[load](store, 'best'))).message).toContain('the GPU is lost');
    expect(weightsOf(trainer)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe('a model in use', () => {
  test.each(['loadWeights', 'loadTraining'] as const)(
    '%s is refused while a fit of it runs',
    async (load) => {
      const { store } = await trained((to) => new ModelCheckpoint(to, { keyPattern: 'best' }));
      const trainer = createTrainer();
      const sharing = new Trainer(trainer.model, { optimizer: 'adam', loss: 'mse' });
      const codes: unknown[] = [];
      const tries = {
        batchLogs: false,
        onEpochEnd: async () => {
          for (const loading of [trainer, sharing])
            codes.push((await caught(loading[load](store, 'best'))).code);
        },
      };
      await train(trainer, [tries]);
      expect(codes).toEqual(['KEEPFIT_FIT_RUNNING', 'KEEPFIT_FIT_RUNNING']);
      await trainer[load](store, 'best');
    },
  );

  test('is not loaded into while it predicts, and predicts while a checkpoint is read', async () => {
    const store = memoryStore();
    const trainer = createTrainer();
    await trainer.saveWeights(store, 'now');
    const { x } = plainData(5);
    const predicting = trainer.predict(x, { batchSize: 1, yieldEvery: 0, verbose: 0 });
    expect(await caught(trainer.loadWeights(store, 'now'))).toMatchObject({
      code: 'KEEPFIT_INVALID_STATE',
      message: expect.stringContaining('loadWeights was called while predict of this model runs'),
    });
    tf.dispose(await predicting);
    let predicted: tf.Tensor | tf.Tensor[] | undefined;
    const get: CheckpointStore['get'] = async (key) => {
      predicted ??= await trainer.predict(x, { verbose: 0 });
      return store.get(key);
    };
    await trainer.loadWeights({ ...store, get }, 'now');
    tf.dispose(predicted);
  });
});

describe('a checkpoint that cannot be loaded', () => {
  const load = { loadWeights: 'loadWeights', loadTraining: 'loadTraining' } as const;
  test.each(Object.values(load))('%s says which keys there are if its own is missing', async (name) => {
    const { store } = await trained((to) => new ModelCheckpoint(to, { saveWeightsOnly: true }));
    expect(await caught(createTrainer()[name](store, 'best'))).toMatchObject({
      code: 'KEEPFIT_CHECKPOINT_MISSING',
      message: expect.stringMatching(/nothing under "best" .* keys are: epoch-1$/),
    });
    expect((await caught(createTrainer()[name](memoryStore(), 'best'))).message).toContain('keys are: none');
  });

  test.each(Object.values(load))(
    '%s says that its own is missing in a store that lists no keys',
    async (name) => {
      const { keys: _, ...without } = memoryStore();
      const failing = { ...without, keys: () => Promise.reject(new Error('403')) };
      for (const store of [without as CheckpointStore, failing])
        expect(await caught(createTrainer()[name](store, 'best'))).toMatchObject({
          code: 'KEEPFIT_CHECKPOINT_MISSING',
          message: expect.stringMatching(/nothing under "best" .* keys cannot be listed/),
        });
    },
  );

  test.each(Object.values(load))('%s: damaged, of a newer keepfit, or no checkpoint', async (name) => {
    const store = memoryStore();
    const trainer = createTrainer();
    const before = weightsOf(trainer);
    await trainer.saveWeights(store, 'model');
    const bytes = await storedBytes(store, 'model');
    const text = Buffer.from(bytes).toString('latin1');
    const contents = [
      [
        'KEEPFIT_CHECKPOINT_CORRUPT',
        bytes.map((byte, index) => (index === bytes.length - 60 ? byte ^ 1 : byte)),
      ],
      ['KEEPFIT_CHECKPOINT_CORRUPT', Buffer.from('an image')],
      ['KEEPFIT_CHECKPOINT_CORRUPT', Buffer.from(text.replace('"format\\":1', '"format\\":2'), 'latin1')],
    ] as const;
    for (const [code, damaged] of contents) {
      await store.set('model', contentOf(damaged));
      expect((await caught(trainer[name](store, 'model'))).code).toBe(code);
    }
    expect(weightsOf(trainer)).toEqual(before);
  });

  test.each([
    [undefined, 'best', {}],
    [memoryStore(), 'Best', {}],
    [memoryStore(), 'best', { skipMismatches: true }],
    [memoryStore(), 'best', { skipMismatch: 1 }],
  ])('arguments that are none: %o, %s, %o', async (store, key, options) => {
    const error = await caught(createTrainer().loadWeights(store as CheckpointStore, key, options as object));
    expect(error.code).toBe('KEEPFIT_INVALID_OPTION');
  });
});

test('a checkpoint of weights alone has a code of its own wherever a training is needed', async () => {
  const store = memoryStore();
  await createTrainer().saveWeights(store, 'best');
  const bytes = await storedBytes(store, 'best');
  const backup = (onMismatch: 'error' | 'restart') =>
    new BackupAndRestore(store, { name: 'best', onMismatch });
  for (const load of [
    () => createTrainer().loadTraining(store, 'best'),
    () => train(createTrainer(), [backup('error')]),
    () => train(createTrainer(), [backup('restart')]),
    () => backup('error').peek(),
  ])
    expect(await caught(load())).toMatchObject({
      code: 'KEEPFIT_CHECKPOINT_WEIGHTS_ONLY',
      message: expect.stringContaining('with loadWeights'),
    });
  expect(await storedBytes(store, 'best')).toEqual(bytes);
  await (await store.lock!('best')).release();
});

test.each([
  ["tfjs' Adam", () => tf.train.adam()],
  ['adam by name, which continues its state', () => 'adam' as const],
])('a checkpoint that an earlier version wrote is loaded: %s', async (_, makeOptimizer) => {
  const optimizer = makeOptimizer();
  const file = new URL('data/a9eb367/arrays.safetensors', import.meta.url);
  const bytes = new Uint8Array(await readFile(file));
  const { tensors } = decodeCheckpoint(bytes).training;
  const store = memoryStore();
  await store.set('backup', contentOf(bytes));
  const trainer = plainTrainer({ init: 99, trainer: { optimizer, metrics: [] } });
  const loads = [() => trainer.loadWeights(store, 'backup'), () => trainer.loadTraining(store, 'backup')];
  for (const load of loads) {
    for (const { variable } of trainer.model.weights) tf.tidy(() => variable.assign(tf.zerosLike(variable)));
    await load();
    for (const { name, variable } of trainer.model.weights) {
      const saved = Buffer.from(tensors.get(`weights/${name}`)!.bytes);
      expect(Buffer.from(variable.dataSync().slice().buffer).equals(saved)).toBe(true);
    }
  }
});

test('saveWeights replaces no checkpoint that a training uses', async () => {
  const store = memoryStore();
  const lock = await store.lock!('backup');
  expect((await caught(createTrainer().saveWeights(store, 'backup'))).code).toBe('KEEPFIT_STORE_LOCKED');
  expect(await store.keys()).toEqual([]);
  await lock.release();
  await createTrainer().saveWeights(store, 'backup');
  await (await store.lock!('backup')).release();
});

test('a weight whose name a terminal obeys is escaped', async () => {
  const store = memoryStore();
  const weights = [
    { name: 'weights/\x1b[2J', dtype: 'float32', shape: [], read: async () => new Uint8Array(4) },
  ] as const;
  const header = { runId: '', generation: 1, savedAt: new Date(0).toISOString(), library: '' };
  await store.set('x', encodeCheckpoint({ entries: weights, state: { content: 'weights' } }, header));
  const { message } = await caught(trainerOf(modelOf({ a: [] })).loadWeights(store, 'x'));
  expect(message).toContain('\\u001b[2J: saved float32 []');
  plainModel(1).dispose();
});

function contentOf(bytes: Uint8Array) {
  return {
    byteLength: bytes.length,
    chunks: {
      async *[Symbol.asyncIterator]() {
        yield bytes;
      },
    },
  };
}
