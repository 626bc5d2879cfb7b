import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CheckpointStore } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import { findNewestKey, storedProgress } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import { type Ended, trainPlain } from './helpers/train-plain.js';

let uninterrupted: Ended;

beforeAll(async () => {
  await useBackend(cpuBackend());
  uninterrupted = await trainPlain();
});

const often = (store: CheckpointStore) => new BackupAndRestore(store, { name: 'often', saveFreq: 2 });
const rarely = (store: CheckpointStore) => new BackupAndRestore(store, { name: 'rarely', saveFreq: 'epoch' });
const progressOf = async (store: CheckpointStore, name: string) =>
  storedProgress(store, await findNewestKey(store, name));
const crash = (call: number) => throwAt({ hook: 'onTrainBatchEnd', call });

test('of two backups of different names the furthest is continued, in whatever order they stand', async () => {
  for (const inOrder of [true, false]) {
    const store = memoryStore();
    const both = () => (inOrder ? [often(store), rarely(store)] : [rarely(store), often(store)]);
    await caught(trainPlain({ before: [...both(), crash(8)] }));
    expect(await progressOf(store, 'often')).toMatchObject({ step: 6 });
    expect(await progressOf(store, 'rarely')).toMatchObject({ step: 4 });
    const { proof, whole, calls } = await trainPlain({ init: 99, before: both() });
    expect(calls.filter(([hook]) => hook === 'onTrainBatchBegin')).toHaveLength(6);
    expect(proof).toEqual(uninterrupted.proof);
    expect(whole.history).toEqual(uninterrupted.whole.history);
    expect(await store.keys()).toEqual([]);
  }
});

test('each goes on counting from its own last backup', async () => {
  const store = memoryStore();
  const fives = () => new BackupAndRestore(store, { name: 'fives', saveFreq: 5 });
  await caught(trainPlain({ before: [often(store), fives(), crash(7)] }));
  expect(await progressOf(store, 'fives')).toMatchObject({ step: 5 });
  // The state of step 6 is continued; the fourth batch after it is the fifth since step 5.
  await caught(trainPlain({ init: 99, before: [often(store), fives(), crash(5)] }));
  expect(await progressOf(store, 'fives')).toMatchObject({ step: 10 });
});

test('a second backup that is new starts with the state that was restored, wherever it stands', async () => {
  for (const newOneFirst of [true, false]) {
    const store = memoryStore();
    await caught(trainPlain({ before: [often(store), crash(7)] }));
    const both = () => (newOneFirst ? [rarely(store), often(store)] : [often(store), rarely(store)]);
    await caught(
      trainPlain({ init: 98, before: [...both(), throwAt({ hook: 'onTrainBatchBegin', call: 1 })] }),
    );
    // Now each alone must lead to the same end.
    const { proof, whole } = await trainPlain({ init: 99, before: [rarely(store)] });
    expect(whole.history).toEqual(uninterrupted.whole.history);
    expect(proof).toEqual(uninterrupted.proof);
  }
});

test('the same store and name twice is an error', async () => {
  const store = memoryStore();
  const error = await caught(trainPlain({ before: [often(store), often(store)] }));
  expect(error.code).toMatch(/^KEEPFIT_(INVALID_OPTION|STORE_LOCKED)$/);
  expect(error.message).toContain('often');
  // Its locks are free again.
  await trainPlain({ before: [often(store)] });
});

test('the same store and name twice is an error where the store has no locks either', async () => {
  const { get, set, delete: remove, keys } = memoryStore();
  const store: CheckpointStore = {
    supports: { durable: false, fencing: false, locking: false },
    get,
    set: (key, content) => set(key, content),
    delete: remove,
    keys,
  };
  const error = await caught(trainPlain({ before: [often(store), often(store)] }));
  expect(error.code).toBe('KEEPFIT_STORE_LOCKED');
  expect(error.message).toContain('often');
});

test('no backup can have the name of the second checkpoint of another', () => {
  expect(() => new BackupAndRestore(memoryStore(), { name: 'often.2' })).toThrow(
    /KEEPFIT_INVALID_OPTION: name of BackupAndRestore .*"often.2"/,
  );
});
