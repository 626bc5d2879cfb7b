import { cpuBackend } from '@keepfit/backend-cpu';
import { wasmBackend } from '../../backend-wasm/src/index.js';
import type { CallbackHooks } from '@keepfit/callbacks';
import { seeded, Trainer, useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import * as tf from '@tensorflow/tfjs-core';
import { layers, regularizers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { beforeEach, expect, test, vi } from 'vitest';
import { numbers } from './equivalence/zoo-member.js';

type Layer = Sequential['layers'][number];

beforeEach(() => useBackend(cpuBackend()));

const regularizer = () => regularizers.l2({ l2: 0.01 });

function build(): Sequential {
  return seeded(1, () =>
    sequential({
      layers: [
        layers.dense({ units: 4, activation: 'tanh', inputShape: [3], kernelRegularizer: regularizer() }),
        layers.batchNormalization(),
        layers.dropout({ rate: 0.3 }),
        layers.dense({ units: 2 }),
      ],
    }),
  );
}

/** What a hook does after the batch of this number, counted over all epochs. */
type Change = readonly [batch: number, change: (model: Sequential) => unknown];

async function train(change: Change, replay: boolean | 'auto') {
  const model = build();
  const optimizer = tf.train.adam(0.02);
  const trainer = new Trainer(fromLayers(model), { optimizer, loss: 'meanSquaredError' });
  const logs: string[] = [];
  let batches = 0;
  const hooks: CallbackHooks = {
    batchLogs: true,
    async onTrainBatchEnd(_, log) {
      logs.push(JSON.stringify(log));
      if (++batches === change[0]) await change[1](model);
    },
    // Back, so that the memory of the fit can be counted.
    onTrainEnd: async () => void (await tf.setBackend('cpu')),
  };
  const before = [tf.memory().numTensors, tf.backend().numDataIds()];
  const options = { batchSize: 2, epochs: 4, seed: 2, verbose: 0, replay, callbacks: [hooks] } as const;
  await trainer.fit(numbers(9, 0, [3]), numbers(9, 0, [2], 1), options);
  const after = [tf.memory().numTensors, tf.backend().numDataIds()];
  const weights = model.getWeights().map((weight) => [...weight.dataSync()]);
  optimizer.dispose();
  model.dispose();
  return {
    status: trainer.replay,
    same: { logs, weights, left: after.map((count, at) => count - (before[at] ?? 0)) },
  };
}

const at = (model: Sequential, index: number): Layer => model.layers[index] as Layer;

const changes: Readonly<Record<string, Change>> = {
  'the rate of dropout': [13, (model) => Object.assign(at(model, 2), { rate: 0.1 })],
  'the strength of a regularizer': [
    13,
    (model) =>
      Object.assign((at(model, 0) as unknown as Record<string, object>)['kernelRegularizer']!, { l2: 0.5 }),
  ],
  'a layer that is frozen': [13, (model) => Object.assign(at(model, 0), { trainable: false })],
  'normalization that is frozen': [13, (model) => Object.assign(at(model, 1), { trainable: false })],
  'weights that diverge': [
    13,
    (model) =>
      tf.tidy(() => model.setWeights(model.getWeights().map((weight) => tf.mul(weight, Number.NaN)))),
  ],
  'a kernel that is registered anew': [13, () => replaceTanh()],
  'a prediction': [13, (model) => tf.tidy(() => model.predict(tf.ones([3, 3])))],
};

/** Gives tanh other numbers until the end of the next epoch. */
function replaceTanh(): void {
  const stock = tf.getKernel('Tanh', 'cpu')!;
  const relu = tf.getKernel('Relu', 'cpu')!;
  const register = (kernel: tf.KernelConfig) => {
    tf.unregisterKernel('Tanh', 'cpu');
    tf.registerKernel(kernel);
  };
  register({ ...stock, kernelFunc: (given) => relu.kernelFunc(given) });
  restoreTanh = () => register(stock);
}
let restoreTanh = (): void => undefined;

test.each(Object.entries(changes))('a replayed training takes what a hook changes: %s', async (_, change) => {
  const trainAndRestore = async (replay: boolean | 'auto') => {
    try {
      return await train(change, replay);
    } finally {
      restoreTanh();
    }
  };
  const normal = await trainAndRestore(false);
  const replayed = await trainAndRestore('auto');
  expect(replayed.status).toEqual({ active: true, reason: undefined });
  expect(replayed.same).toEqual(normal.same);
});

test('a call that a hook replaces before the first recording is not recorded', async () => {
  const create = (): Change => {
    let calls = 0;
    const change = (model: Sequential) => {
      const layer = at(model, 0);
      const call = layer.call.bind(layer);
      layer.call = (inputs, args) => tf.mul(call(inputs, args) as tf.Tensor, (calls += 1) > 20 ? 2 : 1);
    };
    return [1, change];
  };
  const normal = await train(create(), false);
  const replayed = await train(create(), 'auto');
  expect(replayed.status.reason).toContain('has a function of its own, call');
  expect(replayed.same).toEqual(normal.same);
});

test('another backend ends the recording, and leaves no memory on either', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  await useBackend(wasmBackend());
  const wasm = tf.backend();
  await tf.setBackend('cpu');
  const change: Change = [13, () => tf.setBackend('wasm')];
  const normal = await train(change, false);
  const ids = wasm.numDataIds();
  const replayed = await train(change, 'auto');
  expect(replayed.status.reason).toBe('the backend was changed during the run');
  expect(replayed.same).toEqual(normal.same);
  expect(wasm.numDataIds()).toBe(ids);
});
