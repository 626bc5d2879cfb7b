import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { seeded, useBackend } from '@keepfit/fit';
import { fit, getTrainer } from '@keepfit/layers';
import { memoryStore } from '@keepfit/store-memory';
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { caught } from '../../fit/test/helpers/caught.js';
import { type Proof, proofOfEnd } from '../../fit/test/helpers/proof-of-end.js';
import { storedProgress, storedTraining } from '../../fit/test/helpers/stored.js';
import { withOneNaN } from '../../fit/test/helpers/with-one-nan.js';

// The example in the documentation of Keras' BackupAndRestore. Its loss grows beyond all numbers.
const x = { data: Float32Array.from({ length: 100 }, (_, index) => index), shape: [5, 20] };
const y = { data: new Float32Array(50), shape: [5, 10] };

function build(seed: number): Sequential {
  const model = seeded(seed, () => sequential({ layers: [layers.dense({ units: 10, inputShape: [20] })] }));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}

const interrupting: CallbackHooks = {
  onEpochBegin: (epoch) => {
    if (epoch === 4) throw new Error('Interrupting!');
  },
};

beforeAll(() => useBackend(cpuBackend()));

async function train(model: Sequential, callbacks: CallbackHooks[], targets = y) {
  const end = proofOfEnd();
  const history = await fit(model, x, targets, {
    epochs: 10,
    batchSize: 1,
    verbose: 0,
    seed: 1,
    callbacks: [...callbacks, end],
  });
  return { history, proof: end.proof };
}

test("Keras' documented example: after a crash at epoch 4, epochs 4 to 9 run, and history has 6 losses", async () => {
  const uninterrupted: { proof: Proof } = await train(build(1), []);
  const store = memoryStore();
  const error = await caught(train(build(1), [new BackupAndRestore(store), interrupting]));
  expect(error).toMatchObject({ code: 'KEEPFIT_HOOK_FAILED', cause: { message: 'Interrupting!' } });
  expect(await storedProgress(store)).toMatchObject({ epoch: 4, batch: 0, step: 20 });

  const epochs: number[] = [];
  const model = build(2);
  const { history, proof } = await train(model, [
    new BackupAndRestore(store),
    { onEpochBegin: (epoch) => void epochs.push(epoch) },
  ]);
  expect(epochs).toEqual([4, 5, 6, 7, 8, 9]);
  expect(history.history['loss']).toHaveLength(6);
  expect(history.epoch).toEqual([4, 5, 6, 7, 8, 9]);
  expect(getTrainer(model).history.history['loss']).toHaveLength(10);
  expect(await store.keys()).toEqual([]);
  expect(proof).toEqual(uninterrupted.proof);
});

test('its infinite losses and its NaN weights are kept by a checkpoint', async () => {
  const store = memoryStore();
  const { proof } = await train(build(1), [new BackupAndRestore(store, { deleteCheckpoint: false })]);
  const { tensors, state } = await storedTraining(store);
  const kernel = tensors.get('weights/dense/kernel')!.bytes;
  const values = [...new Float32Array(kernel.slice().buffer)];
  expect(values.every((value) => !Number.isFinite(value))).toBe(true);
  const { history } = (
    state['callbacks'] as unknown as { name: string; state: { history: { loss: number[] } } }[]
  ).find(({ name }) => name === 'History')!.state;
  expect(history.loss.some((loss) => loss === Infinity)).toBe(true);
  expect(history.loss.some(Number.isNaN)).toBe(true);
  const comparable = await withOneNaN({ dtype: 'float32', read: async () => kernel });
  expect(proof.tensors['weights/dense/kernel']).toBe(
    `float32 [20,10] ${Buffer.from(comparable).toString('hex')}`,
  );
});

test('it runs with its targets as they are written there too: np.zeros(5)', async () => {
  const { history } = await train(build(1), [], { data: new Float32Array(5), shape: [5] });
  const { history: full } = await train(build(1), []);
  expect(history.history).toEqual(full.history);
});
