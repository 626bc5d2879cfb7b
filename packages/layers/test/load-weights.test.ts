import { cpuBackend } from '@keepfit/backend-cpu';
import { ModelCheckpoint } from '@keepfit/callbacks';
import { seeded, useBackend } from '@keepfit/fit';
import {
  fit,
  getTrainer,
  importWeights,
  loadTraining,
  loadWeights,
  saveWeights,
  trainOnBatch,
} from '@keepfit/layers';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { caught } from '../../fit/test/helpers/caught.js';

beforeAll(() => useBackend(cpuBackend()));

/** Moving averages, a state between batches, and a layer that is not trained. */
function createModel(seed: number, units = 2): LayersModel {
  return seeded(seed, () =>
    sequential({
      layers: [
        layers.lstm({ units: 3, stateful: true, batchInputShape: [2, 3, 1] }),
        layers.batchNormalization(),
        layers.dense({ units: 3, trainable: false }),
        layers.dense({ units }),
      ],
    }),
  );
}

function compile(model: LayersModel): LayersModel {
  model.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' });
  return model;
}

const x = () => tf.randomUniform([2, 3, 1], -1, 1, 'float32', 5);
const y = () => tf.randomUniform([2, 2], -1, 1, 'float32', 6);
const weightsOf = (model: LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
const predictionOf = (model: LayersModel) => tf.tidy(() => [...(model.predict(x()) as tf.Tensor).dataSync()]);

async function train() {
  const store = memoryStore();
  const model = compile(createModel(1));
  const callbacks = [new ModelCheckpoint(store, { keyPattern: 'last' })];
  await fit(model, x(), y(), { batchSize: 2, seed: 3, verbose: 0, callbacks });
  return { store, model };
}

test('loads weights that are trained and others into a model, compiled or not', async () => {
  const { store, model } = await train();
  for (const other of [createModel(99), compile(createModel(99))]) {
    const { numTensors } = tf.memory();
    const { loaded } = await loadWeights(other, store, 'last');
    expect(loaded).toContain('batch_normalization/moving_mean');
    expect(weightsOf(other)).toEqual(weightsOf(model));
    expect(tf.memory().numTensors).toBe(numTensors);
  }
});

test('saves the weights of a model that is not compiled, and trains on from loaded ones', async () => {
  const store = memoryStore();
  const model = createModel(1);
  await saveWeights(model, store, 'start');
  const other = compile(createModel(99));
  await loadWeights(other, store, 'start');
  compile(model);
  for (const each of [model, other]) await fit(each, x(), y(), { seed: 4, verbose: 0, shuffle: false });
  expect(weightsOf(other)).toEqual(weightsOf(model));
});

test('loads a training with the states of layers and the optimizer, and trains on', async () => {
  const { store, model } = await train();
  const other = compile(createModel(99));
  expect(await loadTraining(other, store, 'last')).toMatchObject({ epoch: 1, batch: 0, step: 1 });
  for (const each of [model, other]) await trainOnBatch(each, x(), y(), { seed: 1 });
  expect(weightsOf(other)).toEqual(weightsOf(model));
  expect(predictionOf(other)).toEqual(predictionOf(model));
  expect(getTrainer(other).optimizer.iterations).toBe(getTrainer(model).optimizer.iterations);
});

test('lists what does not fit, and refuses while a fit runs and what is no model', async () => {
  const { store, model } = await train();
  const error = await caught(loadWeights(createModel(1, 4), store, 'last'));
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
  expect(error.message).toMatch(
    /dense_1\/kernel: saved float32 \[3, 2\], now float32 \[3, 4\]\n  dense_1\/bias: /,
  );
  const codes: unknown[] = [];
  const onEpochEnd = async () => {
    for (const load of [loadWeights, loadTraining])
      codes.push((await caught(load(model, store, 'last'))).code);
  };
  await fit(model, x(), y(), { verbose: 0, batchSize: 2, callbacks: { onEpochEnd } });
  expect(codes).toEqual(['KEEPFIT_FIT_RUNNING', 'KEEPFIT_FIT_RUNNING']);
  for (const load of [loadWeights, saveWeights, loadTraining])
    expect((await caught(load({} as LayersModel, store, 'last'))).code).toBe('KEEPFIT_INVALID_OPTION');
  expect((await caught(loadTraining(createModel(1), store, 'last'))).message).toContain('not compiled');
  const { bytes } = (await store.get('last'))!;
  expect((await caught(importWeights(model, bytes))).message).toMatch(
    /a checkpoint of keepfit; .*loadWeights/,
  );
});

test('refuses a model that is disposed, also while its checkpoint is read', async () => {
  const { store, model } = await train();
  const disposed = compile(createModel(1));
  disposed.dispose();
  const later = compile(createModel(1));
  const loading = caught(loadTraining(later, store, 'last'));
  later.dispose();
  const tensors = tf.memory().numTensors;
  const tries = {
    loadWeights: caught(loadWeights(disposed, store, 'last')),
    saveWeights: caught(saveWeights(disposed, store, 'last')),
    fit: caught(fit(disposed, x(), y(), { verbose: 0 })),
    loadTraining: loading,
  };
  for (const [name, error] of Object.entries(tries))
    expect(await error).toMatchObject({
      code: 'KEEPFIT_INVALID_STATE',
      message: expect.stringMatching(new RegExp(`${name} was given a model whose weight .* is disposed`)),
    });
  expect(tf.memory().numTensors).toBe(tensors + 2);
  await loadWeights(model, store, 'last');
});
