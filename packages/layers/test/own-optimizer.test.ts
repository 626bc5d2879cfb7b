import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { fit, getTrainer } from '@keepfit/layers';
import { seeded, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test, vi } from 'vitest';
import { throwAt } from '../../fit/test/helpers/throw-at.js';
import {
  AmsGrad,
  ByName,
  ByNameInList,
  Counting,
  Lookahead,
  PrivateWithState,
  PrivateWithWeights,
} from '../../fit/test/helpers/own-optimizers.js';

beforeAll(() => useBackend(cpuBackend()));

const OPTIMIZERS: Record<string, () => tf.Optimizer> = {
  'slots by name': () => new ByName(),
  'names within names': () => new ByNameInList(),
  'an inner optimizer': () => new Lookahead(),
  'more than Adam has': () => new AmsGrad(0.02, 0.9, 0.999, 1e-7),
  'a rate by its count': () => new Counting(0.1),
  'getWeights and setWeights': () => new PrivateWithWeights(),
  'readState and writeState': () => new PrivateWithState(),
};

/** Two dense layers, whose names share their beginnings, and dropout. */
function createModel(optimizer: tf.Optimizer): tf.Sequential {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 5, activation: 'tanh', inputShape: [6] }),
      tf.layers.dropout({ rate: 0.2 }),
      tf.layers.dense({ units: 5, activation: 'tanh' }),
      tf.layers.dense({ units: 1 }),
    ],
  });
  model.compile({ optimizer, loss: 'meanSquaredError' });
  return model;
}

test.each(
  Object.entries(OPTIMIZERS).map(([name, make], index) => [name, make, [4, 1, 8][index % 3]] as const),
)('a model with an optimizer with %s continues bit for bit', async (_, make, call = 4) => {
  const x = tf.randomNormal([32, 6], 0, 1, 'float32', 3);
  const y = tf.sum(x, 1, true);
  const train = async (
    init: number,
    callbacks: Parameters<typeof throwAt>[0] | undefined,
    store = memoryStore(),
  ) => {
    const model = seeded(init, () => createModel(make()));
    const crash = callbacks === undefined ? [] : [throwAt(callbacks)];
    const backup = new BackupAndRestore(store, { saveFreq: 2 });
    const options = {
      epochs: 3,
      batchSize: 8,
      verbose: 0 as const,
      seed: 5,
      callbacks: [backup, ...crash],
    };
    await fit(model, x, y, options).catch((error: unknown) => {
      if (callbacks === undefined) throw error;
    });
    return {
      weights: model.getWeights().map((weight) => [...weight.dataSync()]),
      history: getTrainer(model).history.history,
    };
  };
  const uninterrupted = await train(1, undefined);
  const store = memoryStore();
  await train(1, { hook: 'onTrainBatchEnd', call }, store);
  expect(await train(7, undefined, store), `crash in batch ${call}`).toEqual(uninterrupted);
  tf.dispose([x, y]);
});

test("tfjs-layers' own 'adadelta' by name keeps the numbers of tfjs, with one warning", async () => {
  // Another test of this process may have been warned.
  vi.resetModules();
  const { fit: freshFit } = await import('@keepfit/layers');
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    const model = createModel(tf.train.sgd(0.1));
    model.compile({ optimizer: 'adadelta', loss: 'meanSquaredError' });
    const [x, y] = [tf.ones([4, 6]), tf.ones([4, 1])];
    for (const epochs of [1, 2]) await freshFit(model, x, y, { epochs, verbose: 0 });
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^keepfit: tfjs' Adadelta/)]]);
    tf.dispose([x, y]);
  } finally {
    warn.mockRestore();
  }
});
