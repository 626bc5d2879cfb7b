import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, expect, test } from 'vitest';
import { recordSteps } from './helpers/stored.js';
import { BATCHES, trainPlain } from './helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));

test('backs up at the next batch boundary when asked to, once, and trains on to the same end', async () => {
  const { store, steps } = recordSteps(memoryStore());
  const backup = new BackupAndRestore(store);
  const ask = {
    onTrainBatchBegin: (batch: number) => {
      if (batch === 1) backup.backUpSoon();
    },
  };

  const asked = await trainPlain({ before: [backup], after: [ask] });

  expect(steps).toEqual([0, ...[0, 1, 2].flatMap((epoch) => [epoch * BATCHES + 2, (epoch + 1) * BATCHES])]);
  expect(asked.proof).toEqual((await trainPlain()).proof);
});

test('forgets at train begin that it was asked to before', async () => {
  const { store, steps } = recordSteps(memoryStore());
  const backup = new BackupAndRestore(store);
  backup.backUpSoon();

  await trainPlain({ before: [backup] });

  expect(steps).toEqual([0, BATCHES, 2 * BATCHES, 3 * BATCHES]);
});
