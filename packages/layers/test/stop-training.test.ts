import '@tensorflow/tfjs';
import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { seeded, Trainer, useBackend } from '@keepfit/fit';
import { fit, fromLayers, getTrainer } from '@keepfit/layers';
import { memoryStore } from '@keepfit/store-memory';
import {
  input,
  layers,
  type LayersModel,
  model,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';

const X = [[1], [2], [3], [4]];
const OPTIONS = { epochs: 3, batchSize: 2, shuffle: false, seed: 1, verbose: 0 } as const;

beforeAll(() => useBackend(cpuBackend()));

const MODELS: Readonly<Record<string, () => LayersModel>> = {
  'a sequential model': () => sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] }),
  'a functional model': () => {
    const x = input({ shape: [1] });
    return model({ inputs: x, outputs: layers.dense({ units: 1 }).apply(x) as SymbolicTensor });
  },
};

describe.each(Object.entries(MODELS))(
  'model.stopTraining of %s ends training as this.model.stopTraining does',
  (_name, make) => {
    test.each<[hook: keyof CallbackHooks, place: number, batches: number, epochs: number[]]>([
      ['onTrainBatchEnd', 0, 1, [0]],
      ['onEpochEnd', 0, 2, [0]],
      ['onEpochBegin', 1, 3, [0, 1]],
    ])('in %s', async (hook, place, batches, epochs) => {
      const stopping = compile(make);
      const stop: CallbackHooks = {
        [hook]: (at: number) => void (at === place && (stopping.stopTraining = true)),
      };
      expect(await count(stopping, stop)).toEqual({ batches, epochs });
    });

    test('and does not stick', async () => {
      const stopping = compile(make);
      stopping.stopTraining = true;
      expect(await count(stopping, {})).toEqual({ batches: 6, epochs: [0, 1, 2] });
    });

    test('also in a Trainer, and by a button', async () => {
      const stopping = compile(make);
      const trainer = new Trainer(fromLayers(stopping), { optimizer: 'sgd', loss: 'mse' });
      const running = trainer.fit(X, X, OPTIONS);
      stopping.stopTraining = true;
      expect((await running).epoch).toEqual([0]);
      expect(trainer.stopTraining).toBe(true);
    });
  },
);

test('a run that it ends is complete, so that its checkpoint goes', async () => {
  const store = memoryStore();
  const stopping = compile(MODELS['a sequential model']!);
  await fit(stopping, X, X, {
    ...OPTIONS,
    callbacks: [
      new BackupAndRestore(store, { saveFreq: 1 }),
      { onEpochEnd: () => void (stopping.stopTraining = true) },
    ],
  });
  expect(await store.keys()).toEqual([]);
  expect(getTrainer(stopping).history.epoch).toEqual([0]);
});

function compile(make: () => LayersModel): LayersModel {
  const compiled = seeded(1, make);
  compiled.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return compiled;
}

async function count(
  stopping: LayersModel,
  callback: CallbackHooks,
): Promise<{ batches: number; epochs: number[] }> {
  let batches = 0;
  const { epoch } = await fit(stopping, X, X, {
    ...OPTIONS,
    callbacks: [callback, { onTrainBatchBegin: () => void (batches += 1) }],
  });
  return { batches, epochs: epoch };
}
