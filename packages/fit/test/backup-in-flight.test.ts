import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks } from '@keepfit/callbacks';
import { faultyStore } from '@keepfit/callbacks/testing';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import { storedBytes, storedProgress } from './helpers/stored.js';
import { throwAt } from './helpers/throw-at.js';
import { type Ended, trainPlain } from './helpers/train-plain.js';

let uninterrupted: Ended;

beforeAll(async () => {
  await useBackend(cpuBackend());
  uninterrupted = await trainPlain();
});

/** Lets everything run that can run. */
async function idle(turns = 50): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('a throw while a backup is in flight: fit rejects when it is durable and unlocked, and the next fit continues from it', async () => {
  const store = faultyStore(memoryStore());
  // The first is of step 0, the second of the second batch.
  const held = store.hold({ operation: 'set', call: 2 });
  let isSettled = false;
  const failing = caught(
    trainPlain({
      before: [new BackupAndRestore(store, { saveFreq: 2 }), throwAt({ hook: 'onTrainBatchBegin', call: 3 })],
    }),
  );
  void failing.then(() => (isSettled = true));
  await held.reached;
  await idle();
  expect(isSettled).toBe(false);
  expect(await storedProgress(store)).toMatchObject({ step: 0 });
  expect(store.calls.map(({ operation }) => operation)).not.toContain('release');

  held.release();
  expect(await failing).toMatchObject({
    code: 'KEEPFIT_HOOK_FAILED',
    message: expect.stringContaining('crash at onTrainBatchBegin 3'),
  });
  expect(store.calls.at(-1)).toEqual({ operation: 'release', key: 'backup' });
  expect(await storedProgress(store)).toMatchObject({ step: 2, batch: 2 });

  const { proof } = await trainPlain({ init: 99, before: [new BackupAndRestore(store, { saveFreq: 2 })] });
  expect(proof).toEqual(uninterrupted.proof);
});

test('a completed fit settles only when the last backup is durable', async () => {
  const store = faultyStore(memoryStore());
  const held = store.hold({ operation: 'set', call: 4 });
  let isSettled = false;
  const running = trainPlain({ before: [new BackupAndRestore(store, { deleteCheckpoint: false })] });
  void running.then(() => (isSettled = true));
  await held.reached;
  await idle();
  expect(isSettled).toBe(false);
  held.release();
  await running;
  expect(await storedProgress(store)).toMatchObject({ epoch: 3, batch: 0 });
});

test('training goes on while a backup is written, at most one is in flight, and a due one waits and is not skipped', async () => {
  const store = faultyStore(memoryStore());
  const held = store.hold({ operation: 'set', call: 2 });
  const batches: number[] = [];
  const watch: CallbackHooks = { batchLogs: false, onTrainBatchBegin: (batch) => void batches.push(batch) };
  const running = trainPlain({
    options: { epochs: 1 },
    before: [new BackupAndRestore(store, { saveFreq: 2, deleteCheckpoint: false }), watch],
  });
  await held.reached;
  while (batches.length < 4) await idle(1);
  await idle();
  // Batch 3 was trained while that of batch 1 is written; the backup of batch 3 is due and waits.
  expect(batches).toEqual([0, 1, 2, 3]);
  expect(store.calls.filter(({ operation }) => operation === 'set')).toHaveLength(2);
  expect(await storedProgress(store)).toMatchObject({ step: 0 });
  held.release();
  await running;
  // Step 0, two regular ones, and that of the end.
  expect(store.calls.filter(({ operation }) => operation === 'set')).toHaveLength(4);
});

test('what is written later is what was captured: weights, callbacks and metrics as they were at that batch', async () => {
  const store = faultyStore(memoryStore());
  const held = store.hold({ operation: 'set', call: 2 });
  const running = caught(
    trainPlain({
      before: [new BackupAndRestore(store, { saveFreq: 3 }), throwAt({ hook: 'onTrainBatchEnd', call: 6 })],
    }),
  );
  await held.reached;
  await idle();
  held.release();
  await running;
  expect(await storedProgress(store)).toMatchObject({ step: 3 });
  const { proof } = await trainPlain({ init: 99, before: [new BackupAndRestore(store, { saveFreq: 3 })] });
  expect(proof).toEqual(uninterrupted.proof);
});

test('a backup that fails rejects fit at the next batch boundary with the error of the store; the old checkpoint is intact', async () => {
  for (const call of [1, 2, 3]) {
    const memory = memoryStore();
    const failure = new Error('the disk is on fire');
    const store = faultyStore(memory, [{ operation: 'set', call, error: failure }]);
    const begun: number[] = [];
    const watch: CallbackHooks = { batchLogs: false, onTrainBatchBegin: (batch) => void begun.push(batch) };
    const error = await caught(
      trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 2 })], after: [watch] }),
    );
    expect(error).toMatchObject({ code: 'KEEPFIT_BACKUP_FAILED', cause: failure });
    expect(error.message).toContain('the disk is on fire');
    expect(begun.length, `set ${call}`).toBeLessThanOrEqual((call - 1) * 2 + 1);
    expect(store.calls.at(-1)).toEqual({ operation: 'release', key: 'backup' });
    if (call === 1) expect(await memory.keys()).toEqual([]);
    else expect(await storedProgress(memory)).toMatchObject({ step: 2 * (call - 2) });

    const { proof } = await trainPlain({
      init: call === 1 ? 1 : 99,
      before: [new BackupAndRestore(memory, { saveFreq: 2 })],
    });
    expect(proof).toEqual(uninterrupted.proof);
  }
});

test('an error of keepfit from the store is passed on as it is', async () => {
  const store = faultyStore(memoryStore(), [{ operation: 'set', call: 2 }]);
  const error = await caught(trainPlain({ before: [new BackupAndRestore(store)] }));
  expect(error.code).toBe('KEEPFIT_STORE_FAILED');
});

test('the very last backup failing rejects fit too, and the checkpoint before it stays', async () => {
  const store = faultyStore(memoryStore(), [{ operation: 'set', call: 4 }]);
  const error = await caught(trainPlain({ before: [new BackupAndRestore(store)] }));
  expect(error.code).toBe('KEEPFIT_STORE_FAILED');
  expect(await storedProgress(store)).toMatchObject({ epoch: 2 });
});

test('a failure during validation ends it at its next batch', async () => {
  const store = faultyStore(memoryStore(), [{ operation: 'set', call: 2, when: 'after' }]);
  const held = store.hold({ operation: 'set', call: 2, when: 'after' });
  const tested: number[] = [];
  const watch: CallbackHooks = {
    batchLogs: false,
    onTestBatchBegin: async (batch) => {
      tested.push(batch);
      held.release();
      await idle(3);
    },
  };
  const error = await caught(
    trainPlain({ before: [new BackupAndRestore(store, { saveFreq: 4 })], after: [watch] }),
  );
  expect(error.code).toBe('KEEPFIT_STORE_FAILED');
  expect(tested).toEqual([0]);
});

test('a store that cannot be read, locked or deleted from rejects fit with its error, and every lock is free after', async () => {
  for (const operation of ['get', 'lock', 'delete', 'release'] as const) {
    const memory = memoryStore();
    const store = faultyStore(memory, [
      { operation, call: 1, when: operation === 'release' ? 'after' : 'before' },
    ]);
    const error = await caught(trainPlain({ options: { epochs: 1 }, before: [new BackupAndRestore(store)] }));
    expect(error.code, operation).toBe('KEEPFIT_STORE_FAILED');
    await (await memory.lock!('backup')).release();
  }
});

test('another writer in between is a conflict, and its checkpoint stays', async () => {
  const store = memoryStore();
  const other = await storeOfOther();
  const intrude: CallbackHooks = {
    onEpochEnd: async () => {
      await store.set('backup', { byteLength: other.byteLength, chunks: one(other) });
    },
  };
  const error = await caught(trainPlain({ before: [intrude, new BackupAndRestore(store)] }));
  expect(error.code).toBe('KEEPFIT_STORE_CONFLICT');
  expect(await storedBytes(store)).toEqual(other);
});

async function storeOfOther(): Promise<Uint8Array> {
  const store = memoryStore();
  await trainPlain({
    init: 5,
    options: { epochs: 1 },
    before: [new BackupAndRestore(store, { deleteCheckpoint: false })],
  });
  return storedBytes(store);
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
