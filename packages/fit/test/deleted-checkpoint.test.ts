import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type CheckpointStore } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { afterEach, beforeAll, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { copyOf, storedProgress } from './helpers/stored.js';
import { type Ended, trainPlain } from './helpers/train-plain.js';

let uninterrupted: Ended;
let warn: MockInstance<typeof console.warn>;

beforeAll(async () => {
  await useBackend(cpuBackend());
  uninterrupted = await trainPlain();
});

beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});

afterEach(() => vi.restoreAllMocks());

/** Deletes all that a store holds, as somebody who tidies up, in every call of a hook. */
function tidyIn(hook: 'onTrainBatchEnd' | 'onEpochEnd', store: CheckpointStore): CallbackHooks {
  return {
    batchLogs: false,
    [hook]: async () => {
      for (const key of await store.keys()) await store.delete(key);
    },
  };
}

test.each([
  ['onTrainBatchEnd', {}],
  ['onTrainBatchEnd', { doubleCheckpoint: true }],
  ['onEpochEnd', {}],
] as const)(
  'a checkpoint that is deleted in each %s costs nothing, %o: same bits, one warning',
  async (hook, options) => {
    const store = memoryStore();
    const backup = new BackupAndRestore(store, { saveFreq: 1, ...options });
    const { proof, whole } = await trainPlain({ before: [tidyIn(hook, store), backup] });
    expect(proof).toEqual(uninterrupted.proof);
    expect(whole.history).toEqual(uninterrupted.whole.history);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('was deleted while training ran'));
    expect(await store.keys()).toEqual([]);
  },
);

test('the checkpoint that was written again continues exactly, and is kept if it shall be', async () => {
  const store = memoryStore();
  let killed = store;
  let batches = 0;
  const kill: CallbackHooks = {
    batchLogs: false,
    onTrainBatchBegin: async () => {
      if (++batches < 7 || killed !== store || (await store.keys()).length === 0) return;
      killed = await copyOf(store);
    },
  };
  const backup = new BackupAndRestore(store, { saveFreq: 1, deleteCheckpoint: false });
  await trainPlain({ before: [tidyIn('onTrainBatchEnd', store), kill, backup] });
  expect(await storedProgress(store)).toMatchObject({ epoch: 3, batch: 0 });
  expect(killed).not.toBe(store);
  const again = [tidyIn('onEpochEnd', killed), new BackupAndRestore(killed)];
  const { proof } = await trainPlain({ init: 99, before: again });
  expect(proof).toEqual(uninterrupted.proof);
});

test('a checkpoint that was deleted and replaced ends the training, and stays', async () => {
  const store = memoryStore();
  const replace: CallbackHooks = {
    onEpochEnd: async (epoch) => {
      if (epoch !== 1) return;
      await store.delete('backup');
      const chunks = {
        async *[Symbol.asyncIterator]() {
          yield Uint8Array.of(9);
        },
      };
      await store.set('backup', { byteLength: 1, chunks });
    },
  };
  const error = await caught(trainPlain({ before: [replace, new BackupAndRestore(store)] }));
  expect(error).toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  expect(error.message).toContain('another trainer has replaced the checkpoint "backup"');
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(9));
  await expect(store.lock?.('backup')).resolves.toBeDefined();
});

test.each([undefined, null, 'on fire'])(
  'a store that rejects with %s fails the backup and so the training',
  async (cause) => {
    const store = memoryStore();
    let sets = 0;
    const failing: CheckpointStore = {
      ...store,
      set: (...args) => (++sets === 2 ? Promise.reject(cause as unknown as Error) : store.set(...args)),
    };
    const error = await caught(trainPlain({ before: [new BackupAndRestore(failing, { saveFreq: 1 })] }));
    expect(error).toMatchObject({ name: 'KeepfitError', code: 'KEEPFIT_BACKUP_FAILED', cause });
    expect(await storedProgress(store)).toMatchObject({ step: 0 });
  },
);
