import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CheckpointStore, type StateRecord } from '@keepfit/callbacks';
import { encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { createContent } from '@keepfit/callbacks/testing';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { copyOf, storedBytes, storedProgress, storedTraining } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import { type Ended, plainTrainer, trainPlain } from './helpers/train-plain.js';
import { weightsOf } from './helpers/weights-of.js';

let uninterrupted: Ended;
let saved: CheckpointStore;

beforeAll(async () => {
  await useBackend(cpuBackend());
  uninterrupted = await trainPlain();
  saved = memoryStore();
  await caught(
    trainPlain({
      before: [new BackupAndRestore(saved, { saveFreq: 1 }), throwAt({ hook: 'onTrainBatchEnd', call: 7 })],
    }),
  );
});

afterEach(() => vi.restoreAllMocks());

async function storeOf(bytes: Uint8Array): Promise<CheckpointStore> {
  const store = memoryStore();
  await store.set('backup', createContent(bytes));
  return store;
}

/** Fits on a store, and tells the error and whether all stayed as it was. */
async function fitOn(store: CheckpointStore) {
  const trainer = plainTrainer({ init: 99 });
  const before = JSON.stringify(weightsOf(trainer));
  const bytes = await storedBytes(store, 'backup');
  const error = await caught(trainPlain({ before: [new BackupAndRestore(store)] }, trainer));
  expect(JSON.stringify(weightsOf(trainer)), error.message).toBe(before);
  expect(await storedBytes(store, 'backup')).toEqual(bytes);
  await (await store.lock!('backup')).release();
  return error;
}

describe('a checkpoint that is damaged is refused, and model and checkpoint stay as they are', () => {
  test('cut anywhere', async () => {
    const bytes = await storedBytes(saved);
    for (const length of [0, 1, 7, 8, 9, 1000, bytes.length >> 1, bytes.length - 5, bytes.length - 1]) {
      const error = await fitOn(await storeOf(bytes.slice(0, length)));
      expect(error.code, `cut to ${length}`).toBe('KEEPFIT_CHECKPOINT_CORRUPT');
      expect(error.message).toMatch(/"backup".*Nothing was changed.*delete the checkpoint/s);
    }
  });

  test('with one bit flipped anywhere', async () => {
    const bytes = await storedBytes(saved);
    for (let at = 0; at < bytes.length; at += 397) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1 << (at % 8);
      const error = await fitOn(await storeOf(flipped));
      expect(error.code, `byte ${at}`).toMatch(/^KEEPFIT_CHECKPOINT_(CORRUPT|VERSION)$/);
    }
  });

  test('longer than it should be, or nothing of the kind', async () => {
    const bytes = await storedBytes(saved);
    for (const other of [
      Uint8Array.from([...bytes, 0]),
      new TextEncoder().encode('{"hello": "world"}'),
      new Uint8Array(4000),
    ]) {
      expect((await fitOn(await storeOf(other))).code).toBe('KEEPFIT_CHECKPOINT_CORRUPT');
    }
  });
});

/** The saved checkpoint with its state changed, its checksums right. */
async function rewritten(
  change: (state: Record<string, unknown>, names: Set<string>) => void,
): Promise<CheckpointStore> {
  const { tensors, state } = await storedTraining(saved);
  const names = new Set(tensors.keys());
  const changed = structuredClone(state) as Record<string, unknown>;
  change(changed, names);
  const entries = [...tensors]
    .filter(([name]) => names.has(name) && /^(weights|optimizer|metrics)\//.test(name))
    .map(([name, { dtype, shape, bytes }]) => ({ name, dtype, shape, read: async () => bytes }));
  const header = { runId: 'other', generation: 9, savedAt: new Date().toISOString(), library: '0.0.0' };
  const { byteLength, chunks } = encodeCheckpoint({ entries, state: changed as StateRecord }, header);
  const store = memoryStore();
  await store.set('backup', { byteLength, chunks });
  return store;
}

describe('a checkpoint that is whole but not what a trainer writes is refused, and nothing is touched', () => {
  test.each<[string, (state: Record<string, unknown>, names: Set<string>) => void]>([
    ['no progress', (state) => delete state['progress']],
    [
      'a progress that is no count',
      (state) => void (state['progress'] = { epoch: 1, batch: -1, step: 3, pass: 1, position: 2 }),
    ],
    [
      'no place in the data',
      (state) => void (state['progress'] = { epoch: 1, batch: 2, step: 6, begun: true }),
    ],
    ['no optimizer', (state) => delete state['optimizer']],
    ['no seed', (state) => delete state['seed']],
    ['no learning rate', (state) => delete state['learningRate']],
    ['no logs', (state) => delete state['logs']],
    ['callbacks that are no list', (state) => void (state['callbacks'] = 7)],
    ['a weight missing', (_state, names) => names.delete('weights/kernel2')],
    ['a variable of the optimizer missing', (_state, names) => names.delete('optimizer/accBeta1')],
    [
      'a slot of the optimizer missing',
      (_state, names) => names.delete('optimizer/accumulatedFirstMoment/kernel1'),
    ],
    [
      'a metric missing',
      (_state, names) =>
        [...names].filter((name) => name.startsWith('metrics/auc')).forEach((name) => names.delete(name)),
    ],
  ])('%s', async (_what, change) => {
    const error = await fitOn(await rewritten(change));
    expect(error.code).toMatch(/^KEEPFIT_CHECKPOINT_(CORRUPT|MISMATCH)$/);
  });

  test('rewritten without a change, it is continued', async () => {
    const { proof } = await trainPlain({
      init: 99,
      before: [new BackupAndRestore(await rewritten(() => undefined))],
    });
    expect(proof).toEqual(uninterrupted.proof);
  });
});

describe('doubleCheckpoint', () => {
  const backup = (store: CheckpointStore) =>
    new BackupAndRestore(store, { saveFreq: 1, doubleCheckpoint: true });

  async function crashed(call = 7): Promise<CheckpointStore> {
    const store = memoryStore();
    await caught(trainPlain({ before: [backup(store), throwAt({ hook: 'onTrainBatchEnd', call })] }));
    return store;
  }

  async function damage(store: CheckpointStore, key: string): Promise<void> {
    const bytes = await storedBytes(store, key);
    bytes[bytes.length - 100]! ^= 1;
    await store.set(key, createContent(bytes));
  }

  test('keeps the last two, and continues from the newest', async () => {
    for (const call of [6, 7]) {
      const store = await crashed(call);
      const steps = [await storedProgress(store, 'backup'), await storedProgress(store, 'backup.2')].map(
        ({ step }) => step,
      );
      expect(steps.sort()).toEqual([call - 2, call - 1]);
      const { proof, calls } = await trainPlain({ init: 99, before: [backup(store)] });
      expect(calls.filter(([hook]) => hook === 'onTrainBatchBegin')).toHaveLength(12 - (call - 1));
      expect(proof).toEqual(uninterrupted.proof);
      expect(await store.keys()).toEqual([]);
    }
  });

  test('where the newest is damaged, the previous is used with a warning, and the end is still exact', async () => {
    for (const call of [6, 7]) {
      const store = await crashed(call);
      const newest = (await storedProgress(store, 'backup')).step === call - 1 ? 'backup' : 'backup.2';
      await damage(store, newest);
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
      // Crashes again, so that it is seen that the damaged one is written over, not the good one.
      await caught(
        trainPlain({ init: 98, before: [backup(store), throwAt({ hook: 'onTrainBatchEnd', call: 2 })] }),
      );
      expect(warn).toHaveBeenCalledTimes(1);
      expect(warn.mock.calls[0]![0]).toContain(`"${newest}": KEEPFIT_CHECKPOINT_CORRUPT`);
      warn.mockRestore();
      const { proof } = await trainPlain({ init: 99, before: [backup(store)] });
      expect(proof).toEqual(uninterrupted.proof);
    }
  });

  test('where both are damaged, the error names both and both stay', async () => {
    const store = await crashed();
    await damage(store, 'backup');
    await damage(store, 'backup.2');
    const error = await fitOn(store);
    expect(error.code).toBe('KEEPFIT_CHECKPOINT_CORRUPT');
    expect(error.message).toContain('"backup"');
    expect(error.message).toContain('"backup.2"');
    expect((await store.keys()).sort()).toEqual(['backup', 'backup.2']);
  });

  test('may be switched on and off between two fits', async () => {
    const store = memoryStore();
    for (const doubleCheckpoint of [false, true, false, true]) {
      const switched = new BackupAndRestore(store, { saveFreq: 1, doubleCheckpoint });
      await caught(
        trainPlain({
          init: doubleCheckpoint ? 98 : 1,
          before: [switched, throwAt({ hook: 'onTrainBatchEnd', call: 3 })],
        }),
      );
    }
    expect(await storedProgress(store, 'backup')).toBeDefined();
    const { proof } = await trainPlain({ init: 99, before: [backup(store)] });
    expect(proof).toEqual(uninterrupted.proof);
    expect(await store.keys()).toEqual([]);
  });
});

test('the bytes of one training are the same each time, but for the times and the names of the runs', async () => {
  const again = memoryStore();
  await caught(
    trainPlain({
      before: [new BackupAndRestore(again, { saveFreq: 1 }), throwAt({ hook: 'onTrainBatchEnd', call: 7 })],
    }),
  );
  expect(await storedTraining(again)).toEqual(await storedTraining(await copyOf(saved)));
});
