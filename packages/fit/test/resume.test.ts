import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, describe, expect, test } from 'vitest';
import { sample } from '../../../test/setup/sample.js';
import { caught } from './helpers/caught.js';
import { testCrashesInOneEpoch } from './helpers/test-crashes-in-one-epoch.js';
import { testEveryCrash } from './helpers/test-every-crash.js';
import { throwAt } from './helpers/throw-at.js';
import { BATCHES, type Ended, EPOCHS, trainPlain } from './helpers/train-plain.js';

let uninterrupted: Ended;

beforeAll(async () => {
  await useBackend(cpuBackend());
  uninterrupted = await trainPlain();
});

test('the run to compare with is hard to repeat: order, dropout, metrics, learning rate and callbacks all matter', () => {
  const { proof, whole, calls } = uninterrupted;
  expect(Object.keys(proof.tensors).filter((name) => name.startsWith('optimizer/'))).toHaveLength(2 + 2 * 4);
  expect(Object.keys(whole.history)).toEqual([
    'accuracy',
    'auc',
    'loss',
    'mse',
    'precision',
    'val_accuracy',
    'val_auc',
    'val_loss',
    'val_mse',
    'val_precision',
  ]);
  expect(new Set(whole.history['loss']).size).toBe(EPOCHS);
  expect(calls.filter(([hook]) => hook === 'onTrainBatchEnd')).toHaveLength(EPOCHS * BATCHES);
});

test('another seed, and other initial weights, give another run', async () => {
  const reseeded = await trainPlain({ options: { seed: 8 } });
  expect(reseeded.proof.tensors['weights/kernel1']).not.toBe(uninterrupted.proof.tensors['weights/kernel1']);
  const other = await trainPlain({ init: 2 });
  expect(other.proof.tensors['weights/kernel1']).not.toBe(uninterrupted.proof.tensors['weights/kernel1']);
});

test('backups change nothing in what is trained', async () => {
  for (const saveFreq of [1, 3, 'epoch'] as const) {
    const ended = await trainPlain({ before: [new BackupAndRestore(memoryStore(), { saveFreq })] });
    expect(ended).toEqual(uninterrupted);
  }
});

testEveryCrash([3]);

testCrashesInOneEpoch(['epoch']);

describe('the place of BackupAndRestore in the list', () => {
  test.each(['first', 'in the middle', 'last'])('%s: the result is the same', async (place) => {
    for (const saveFreq of [2, 'epoch'] as const) {
      for (const hook of sample(['onTrainBatchEnd', 'onEpochEnd'] as const, 2, saveFreq === 2 ? 0 : 1)) {
        const store = memoryStore();
        const list = (crash: boolean) => {
          const backup = new BackupAndRestore(store, { saveFreq });
          const crashing = crash ? [throwAt({ hook, call: 2 })] : [];
          if (place === 'first') return { before: [backup, ...crashing] };
          return place === 'last' ? { after: [...crashing, backup] } : { before: crashing, after: [backup] };
        };
        await caught(trainPlain(list(true)));
        const { proof, whole } = await trainPlain({ init: 99, ...list(false) });
        expect(proof).toEqual(uninterrupted.proof);
        expect(whole.history).toEqual(uninterrupted.whole.history);
      }
    }
  });
});
