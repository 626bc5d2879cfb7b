import '@tensorflow/tfjs';
import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { fit, fromLayers } from '@keepfit/layers';
import { memoryStore } from '@keepfit/store-memory';
import { memory, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { caught } from '../../fit/test/helpers/caught.js';
import { storedTraining } from '../../fit/test/helpers/stored.js';
import { throwAt } from '../../fit/test/helpers/throw-at.js';
import { numbers } from './equivalence/zoo-member.js';

beforeAll(() => useBackend(cpuBackend()));

function stateful(batchSize = 2): LayersModel {
  const lstm = layers.lstm({
    units: 2,
    stateful: true,
    returnSequences: true,
    batchInputShape: [batchSize, 3, 2],
  });
  const inner = sequential({ layers: [lstm] });
  const both = layers.bidirectional({
    layer: layers.gru({ units: 2, stateful: true }) as never,
    mergeMode: 'concat',
  });
  const model = sequential({ layers: [inner, both, layers.dense({ units: 1 })] });
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}

function train(
  model: LayersModel,
  batchSize: number,
  callbacks: NonNullable<Parameters<typeof fit>[3]>['callbacks'] = [],
) {
  return fit(model, numbers(8, 0, [3, 2]), numbers(8, 0, [1], 1), {
    batchSize,
    epochs: 2,
    seed: 1,
    verbose: 0,
    callbacks,
  });
}

test('states of stateful layers are found in nested models and in wrappers too, under names that are the same in every process', () => {
  const names = () => fromLayers(stateful()).states!.map(({ name }) => name);
  expect(names()).toEqual(['lstm/0', 'lstm/1', 'forward_gru/0', 'backward_gru/0']);
  expect(names()).toEqual(names());
});

test('a model without any has none', () => {
  const model = sequential({
    layers: [layers.lstm({ units: 2, inputShape: [3, 2] }), layers.dropout({ rate: 0.5, seed: 3 })],
  });
  expect(fromLayers(model).states).toEqual([]);
});

test('states are read and written', async () => {
  const model = stateful();
  await train(model, 2);
  const [state] = fromLayers(model).states!;
  const before = state!.read();
  expect([...before.dataSync()].some((value) => value !== 0)).toBe(true);
  const other = tensor2d([1, 2, 3, 4], [2, 2]);
  state!.write(other);
  other.dispose();
  expect([...state!.read().dataSync()]).toEqual([1, 2, 3, 4]);
  model.resetStates();
  expect([...state!.read().dataSync()]).toEqual([0, 0, 0, 0]);
});

test('a checkpoint holds them, and one of another batch size is refused', async () => {
  const store = memoryStore();
  await caught(
    train(stateful(), 2, [
      new BackupAndRestore(store, { saveFreq: 2 }),
      throwAt({ hook: 'onTrainBatchEnd', call: 5 }),
    ]),
  );
  const { tensors } = await storedTraining(store);
  expect(tensors.get('states/lstm/0')).toMatchObject({ dtype: 'float32', shape: [2, 2] });
  const error = await caught(
    train(stateful(4), 4, [new BackupAndRestore(store, { onMismatch: 'continue' })]),
  );
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
  expect(error.message).toContain('states["lstm/0"]: saved "float32 [2, 2]", now "float32 [4, 2]"');
});

test('training leaves no more tensors the longer it lasts, though tfjs-layers keeps the states of every step', async () => {
  const model = stateful();
  await train(model, 2);
  const before = memory().numTensors;
  await train(model, 2);
  expect(memory().numTensors).toBe(before);
});

test('the count that a seeded random layer adds to its seed is a state, whole numbers of any size', () => {
  const random = layers.randomWidth({ factor: 0.2, seed: 5 });
  // Its output shape is unknown before it runs, so it is added beside the model; this test checks the layer only.
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
  model.layers.push(random);
  const [state] = fromLayers(model).states!;
  expect(state!.name).toBe('random_width/seed');
  const values = tensor1d(new Int32Array(Float64Array.of(2 ** 40 + 3).buffer), 'int32');
  state!.write(values);
  expect(random.getConfig()['seed']).toBe(2 ** 40 + 3);
  expect([...state!.read().dataSync()]).toEqual([...values.dataSync()]);
});
