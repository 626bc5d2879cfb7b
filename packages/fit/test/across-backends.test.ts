import { cpuBackend } from '@keepfit/backend-cpu';
import {
  BackupAndRestore,
  type CallbackHooks,
  type CheckpointStore,
  type TrainerView,
} from '@keepfit/callbacks';
import { type Backend, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import { copyOf, storedTraining } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import { trainPlain } from './helpers/train-plain.js';

/**
 * tfjs' own WASM backend, as anyone may bring it. It lacks kernels for convolutions; this model needs none of
 * them.
 */
const stockWasm: Backend = {
  name: 'wasm',
  kernels: 'stock 4.22.0',
  async start() {
    await import('@tensorflow/tfjs-backend-wasm');
    return tf.setBackend('wasm');
  },
  stop() {},
};

const listeners = process.listeners('unhandledRejection');

beforeAll(() => useBackend(cpuBackend()));

afterAll(async () => {
  await useBackend(cpuBackend());
  // Emscripten ends the process at any unhandled rejection.
  for (const listener of process.listeners('unhandledRejection'))
    if (!listeners.includes(listener)) process.removeListener('unhandledRejection', listener);
});

test('a checkpoint of another backend is refused by name, and with onMismatch restored bit for bit and continued by this one', async () => {
  const store = await crashedOnCpu();
  const { tensors } = await storedTraining(store);
  await useBackend(stockWasm);

  const error = await caught(
    trainPlain({ before: [new BackupAndRestore(await copyOf(store), { saveFreq: 2 })] }),
  );
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
  expect(error.message).toMatch(/backend: saved "cpu", now "wasm"/);

  const continued = await continueOn(await copyOf(store));
  expect(continued.restored.size).toBe(
    [...tensors.keys()].filter((name) => name.startsWith('weights/')).length,
  );
  for (const [name, bytes] of continued.restored)
    expect(bytes, name).toEqual(Buffer.from(tensors.get(name)?.bytes ?? []).toString('hex'));
  expect((await continueOn(await copyOf(store))).proof).toEqual(continued.proof);
});

async function crashedOnCpu(): Promise<CheckpointStore> {
  const store = memoryStore();
  await caught(
    trainPlain({
      before: [new BackupAndRestore(store, { saveFreq: 2 }), throwAt({ hook: 'onTrainBatchEnd', call: 6 })],
    }),
  );
  return store;
}

async function continueOn(store: CheckpointStore) {
  const restored = new Map<string, string>();
  let model: TrainerView | undefined;
  const look: CallbackHooks = {
    setModel: (view) => void (model = view),
    async onTrainBegin() {
      const weights = model?.captureWeights();
      for (const { name, read } of weights?.entries ?? [])
        restored.set(name, Buffer.from(await read()).toString('hex'));
      weights?.dispose();
    },
  };
  const { proof } = await trainPlain({
    init: 99,
    before: [new BackupAndRestore(store, { saveFreq: 2, onMismatch: 'continue' }), look],
  });
  return { restored, proof };
}
