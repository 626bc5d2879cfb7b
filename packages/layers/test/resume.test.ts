import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { memory } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { caught } from '../../fit/test/helpers/caught.js';
import { copyOf, storedProgress, storedTraining } from '../../fit/test/helpers/stored.js';
import { throwAt } from '../../fit/test/helpers/throw-at.js';
import { buildConvnet } from './helpers/build-convnet.js';
import { functionalModel, recurrentModel } from './helpers/other-models.js';
import { testModels } from './helpers/resume-tests.js';
import { testEveryCrash } from './helpers/test-every-crash.js';
import { type Ended, trainConvnet } from './helpers/train-convnet.js';

let uninterrupted: Ended;

beforeAll(async () => {
  await useBackend(cpuBackend());
  uninterrupted = await trainConvnet();
});

test('the run to compare with has weights of all kinds, and the same run again is the same', async () => {
  const names = Object.keys(uninterrupted.proof.tensors);
  expect(names).toContain('weights/conv2d/kernel');
  expect(names).toContain('weights/batch_normalization/moving_mean');
  expect(names).toContain('weights/dense_1/bias');
  expect(names).toContain('optimizer/accumulatedFirstMoment/conv2d/kernel');
  expect(await trainConvnet()).toEqual(uninterrupted);
  const reseeded = await trainConvnet({ options: { seed: 8 } });
  expect(reseeded.proof.tensors['weights/conv2d/kernel']).not.toBe(
    uninterrupted.proof.tensors['weights/conv2d/kernel'],
  );
});

// `npm run test:long` has the other hooks, frequencies and optimizers.
testEveryCrash([3], ['onTrainBatchEnd', 'onTestBatchEnd', 'onEpochEnd']);

test('unseeded initial weights and no seed: a kill before the first regular backup is exact', async () => {
  const store = memoryStore();
  // What initializers draw in a process differs from run to run; here it is known only to the twin.
  const drawn = Math.floor(Math.random() * 2 ** 40);
  const [model, twin] = [buildConvnet(drawn), buildConvnet(drawn)];
  const options = { seed: undefined } as const;
  let first = memoryStore() as Awaited<ReturnType<typeof copyOf>>;
  const keep = {
    batchLogs: false,
    onTrainBatchBegin: async (batch: number) => void (batch === 3 && (first = await copyOf(store))),
  };
  await caught(
    trainConvnet({
      model,
      options,
      callbacks: [new BackupAndRestore(store), keep, throwAt({ hook: 'onTrainBatchEnd', call: 4 })],
    }),
  );
  expect(await storedProgress(first)).toMatchObject({ step: 0 });
  const seed = Number((await storedTraining(first)).state['seed']);
  const expected = await trainConvnet({ model: twin, options: { seed } });
  const { proof } = await trainConvnet({ init: 99, options, callbacks: [new BackupAndRestore(first)] });
  expect(proof).toEqual(expected.proof);
});

testModels([['a functional model with a shared layer and a layer that is not trained', functionalModel]]);

test('a checkpoint of another architecture lists what differs, and touches nothing', async () => {
  const store = memoryStore();
  await caught(
    trainConvnet({ callbacks: [new BackupAndRestore(store), throwAt({ hook: 'onTrainBatchEnd', call: 6 })] }),
  );
  const other = recurrentModel(3);
  const before = other.getWeights().map((tensor) => [...tensor.dataSync()]);
  const bytes = (await store.get('backup'))!.bytes;
  const error = await caught(trainConvnet({ model: other, callbacks: [new BackupAndRestore(store)] }));
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
  expect(error.message).toMatch(/weights\["conv2d\/kernel"\]: saved "float32 \[3, 3, 1, 3\]", now null/);
  expect(other.getWeights().map((tensor) => [...tensor.dataSync()])).toEqual(before);
  expect((await store.get('backup'))!.bytes).toEqual(bytes);
});

test('a dropout rate that has changed is a difference too', async () => {
  const build = (rate: number) => {
    const model = sequential({
      layers: [
        layers.flatten({ inputShape: [5, 5, 1] }),
        layers.dropout({ rate }),
        layers.dense({ units: 3 }),
      ],
    });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    return model;
  };
  const store = memoryStore();
  await caught(
    trainConvnet({
      model: build(0.5),
      callbacks: [new BackupAndRestore(store), throwAt({ hook: 'onTrainBatchEnd', call: 2 })],
    }),
  );
  const error = await caught(trainConvnet({ model: build(0.4), callbacks: [new BackupAndRestore(store)] }));
  expect(error.message).toMatch(/rate: saved 0\.5, now 0\.4/);
});

test('a fit with backups, crashed and resumed, leaves no tensor', async () => {
  const model = buildConvnet(1);
  await trainConvnet({ model });
  const before = memory().numTensors;
  const store = memoryStore();
  await caught(
    trainConvnet({
      model,
      callbacks: [
        new BackupAndRestore(store, { saveFreq: 1 }),
        throwAt({ hook: 'onTrainBatchEnd', call: 6 }),
      ],
    }),
  );
  await trainConvnet({ model, callbacks: [new BackupAndRestore(store, { saveFreq: 1 })] });
  expect(memory().numTensors).toBe(before);
});
