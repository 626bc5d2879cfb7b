import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type CallbackHooks,
  type CheckpointStore,
  ModelCheckpoint,
  type SaveFreq,
} from '@keepfit/callbacks';
import { type FitOptions, type Model, type NamedWeight, Trainer, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { plainData } from './helpers/plain-data.js';
import { storedProgress } from './helpers/stored.js';

beforeAll(() => useBackend(cpuBackend()));

let warnings: string[];
beforeEach(() => {
  warnings = [];
  vi.spyOn(console, 'warn').mockImplementation((text: string) => void warnings.push(text));
});
afterEach(() => vi.restoreAllMocks());

const STEPS = 8;
const EPOCHS = 4;

/** A model of one weight whose output is multiplied by what no recording knows. */
function createModel(): { model: Model; spoil: () => void } {
  let factor = 1;
  const variable = tf.tidy(() => tf.variable(tf.tensor2d([[0.5], [-0.25], [0.125]])));
  const weights: NamedWeight[] = [{ name: 'kernel', variable, trainable: true }];
  const call = (x: tf.Tensor) => tf.mul(tf.matMul(x as tf.Tensor2D, variable as tf.Tensor2D), factor);
  return { model: { weights, call: (x) => call(x as tf.Tensor) }, spoil: () => (factor = 2) };
}

/** Trains, and returns the weights. After the step of this number, the model computes something else. */
async function train(
  callbacks: readonly CallbackHooks[],
  { spoilAt = 0, samples = 2 * STEPS, ...more }: FitOptions & { spoilAt?: number; samples?: number } = {},
): Promise<number[]> {
  const { model, spoil } = createModel();
  const trainer = new Trainer(model, { optimizer: tf.train.adam(0.05), loss: 'mse' });
  let step = 0;
  const fault = { batchLogs: false, onTrainBatchEnd: () => void (++step === spoilAt && spoil()) };
  const { x, y } = plainData(samples);
  const options = { batchSize: 2, epochs: EPOCHS, seed: 3, verbose: 0, replay: true, ...more } as const;
  await trainer.fit(x, y, { ...options, callbacks: [fault, ...callbacks] });
  return [...(await (model.weights[0] as NamedWeight).variable.data())];
}

const backUp = (store: CheckpointStore, saveFreq: SaveFreq) => new BackupAndRestore(store, { saveFreq });

/** Throws after the step of this number. */
function crashAfter(step: number): CallbackHooks {
  let steps = 0;
  return {
    batchLogs: false,
    onTrainBatchEnd() {
      if (++steps === step) throw new Error('crash');
    },
  };
}

describe('a recording that begins to differ after step 13', () => {
  // The first replays of the epochs are steps 4, 9, 17 and 25. So the state of step 9 is the last that is verified.
  test.each<[SaveFreq, number]>([
    [1, 9],
    [4, 8],
    ['epoch', 8],
  ])(
    'is found in the next epoch: the backup from before the last good comparison stays, saveFreq %s',
    async (saveFreq, expected) => {
      const store = memoryStore();
      const error = await caught(train([backUp(store, saveFreq)], { spoilAt: 13 }));
      expect(error).toMatchObject({
        code: 'KEEPFIT_INVALID_STATE',
        message: expect.stringContaining('a recorded step no longer gives'),
      });
      expect(await store.keys()).toHaveLength(1);
      expect(await storedProgress(store)).toMatchObject({ step: expected });
      expect(await train([backUp(store, saveFreq)], { replay: false })).toEqual(
        await train([], { replay: false }),
      );
      expect(await store.keys()).toEqual([]);
    },
  );

  test('is found when a hook throws: fit rejects with its error, and a warning says why the last backup is gone', async () => {
    const store = memoryStore();
    const error = await caught(train([backUp(store, 1), crashAfter(15)], { spoilAt: 13 }));
    expect(error.code).toBe('KEEPFIT_HOOK_FAILED');
    expect(warnings.join()).toContain('a recorded step no longer gives');
    expect(await storedProgress(store)).toMatchObject({ step: 9 });
  });

  test('is found before a model is written', async () => {
    const models = memoryStore();
    const keep = new ModelCheckpoint(models, { saveFreq: 15 });
    expect(await caught(train([keep], { spoilAt: 13 }))).toMatchObject({ code: 'KEEPFIT_INVALID_STATE' });
    expect(await models.keys()).toEqual([]);
  });

  test('is found before a training that is interrupted says that it is backed up', async () => {
    const store = memoryStore();
    const controller = new AbortController();
    const { signal } = controller;
    let step = 0;
    const abort = { batchLogs: false, onTrainBatchEnd: () => void (++step === 15 && controller.abort()) };
    const backup = new BackupAndRestore(store, { saveFreq: 1, preemption: signal });
    expect(await caught(train([abort, backup], { spoilAt: 13 }))).toMatchObject({
      code: 'KEEPFIT_INVALID_STATE',
    });
    expect(await storedProgress(store)).toMatchObject({ step: 9 });
  });

  test('is found at the end of the run, without any backup', async () => {
    expect(await caught(train([], { spoilAt: 13, epochs: 2 }))).toMatchObject({
      code: 'KEEPFIT_INVALID_STATE',
    });
  });
});

test('a long epoch is verified every 500 steps', async () => {
  const store = memoryStore();
  const long = { samples: 2200, epochs: 1, spoilAt: 900 };
  expect(await caught(train([backUp(store, 100)], long))).toMatchObject({ code: 'KEEPFIT_INVALID_STATE' });
  expect(await storedProgress(store)).toMatchObject({ step: 500 });
});

test('recordings of batches of two shapes are both verified at the end', async () => {
  for (const spoilAt of [0, 19, 20]) {
    // The steps of an epoch are 9, and the last one is the shorter.
    const trained = train([], { samples: 17, epochs: 3, spoilAt });
    if (spoilAt === 0)
      expect(await trained).toEqual(await train([], { samples: 17, epochs: 3, replay: false }));
    else expect(await caught(trained)).toMatchObject({ code: 'KEEPFIT_INVALID_STATE' });
  }
});

test.each([
  [true, ['backup', 'backup.2']],
  [false, ['backup']],
])('with replay %s, a run that a hook ends leaves %s, and frees its batches', async (replay, keys) => {
  const store = memoryStore();
  const { numTensors } = tf.memory();
  await caught(train([backUp(store, 1), crashAfter(15)], { replay }));
  expect((await store.keys()).sort()).toEqual(keys);
  expect(await storedProgress(store)).toMatchObject({ step: 14 });
  expect(await train([backUp(store, 1)], { replay })).toEqual(await train([], { replay: false }));
  expect(await store.keys()).toEqual([]);
  // The weight, and two variables and two numbers of the optimizer of each of three runs.
  expect(tf.memory().numTensors).toBe(numTensors + 15);
});

test('a run that completes and keeps its checkpoint leaves one', async () => {
  for (const saveFreq of [1, 3, 'epoch'] as const) {
    const store = memoryStore();
    const backup = new BackupAndRestore(store, { saveFreq, deleteCheckpoint: false });
    await train([backup]);
    expect(await store.keys()).toEqual(['backup']);
    expect(await storedProgress(store)).toMatchObject({ step: EPOCHS * STEPS });
  }
});
