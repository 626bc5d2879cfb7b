import { expect, test } from 'vitest';
import { BackupAndRestore, type BackupAndRestoreOptions } from '../../src/index.js';
import { FakeTrainer } from '../fake-trainer.js';
import { mapStore } from '../map-store.js';
import { plainStore } from '../testing/plain-store.js';

async function begin(options: BackupAndRestoreOptions = {}, store = mapStore()) {
  const backup = new BackupAndRestore(store, options);
  const trainer = new FakeTrainer();
  backup.setModel(trainer);
  backup.setParams({ epochs: 1, steps: 4, verbose: 0 });
  await backup.onTrainBegin();
  await trainer.captureRequested();
  return { backup, trainer, store };
}

test.each([
  [false, ['backup']],
  [true, ['backup', 'backup.2']],
])(
  'holds the lock of each key that it writes, doubleCheckpoint %s, for with it goes what a kill has left there',
  async (doubleCheckpoint, keys) => {
    const locks = new Map<string, symbol>();
    const { trainer } = await begin({ doubleCheckpoint }, plainStore(undefined, undefined, locks));
    expect([...locks.keys()]).toEqual(keys);
    await trainer.settle();
    expect([...locks.keys()]).toEqual([]);
  },
);

test('gives back the first lock where it does not get the second', async () => {
  const locks = new Map([['backup.2', Symbol('of another')]]);
  const store = plainStore(undefined, undefined, locks);
  const backup = new BackupAndRestore(store, { doubleCheckpoint: true });
  const trainer = new FakeTrainer();
  backup.setModel(trainer);
  await expect(backup.onTrainBegin()).rejects.toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
  await trainer.settle();
  expect([...locks.keys()]).toEqual(['backup.2']);
});

test('backs up within a validation when asked to there: a page that is hidden may not see its end', async () => {
  const { backup, trainer, store } = await begin();
  const first = (await store.get('backup'))?.version;
  backup.onTestBatchEnd();
  await trainer.captureRequested();
  expect((await store.get('backup'))?.version).toBe(first);
  backup.backUpSoon();
  backup.onTestBatchEnd();
  await trainer.captureRequested();
  await trainer.settle();
  expect((await store.get('backup'))?.version).not.toBe(first);
  expect(trainer.heldCaptures).toBe(0);
});

test('an evaluation by itself backs up nothing, whatever was asked for', async () => {
  const preemption = new AbortController();
  const { backup, trainer } = await begin({ preemption: preemption.signal });
  await trainer.settle();
  preemption.abort();
  backup.backUpSoon();
  const evaluated = Object.assign(new FakeTrainer(), {
    requestBackup: () => {
      throw new Error('an evaluation has no backups');
    },
  });
  backup.setModel(evaluated);
  expect(() => backup.onTestBatchEnd()).not.toThrow();
});
