import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { faultyStore } from '@keepfit/callbacks/testing';
import { useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { mapStore } from '../../callbacks/test/map-store.js';
import { caught } from '../../fit/test/helpers/caught.js';
import { storedBytes } from '../../fit/test/helpers/stored.js';
import { throwAt } from '../../fit/test/helpers/throw-at.js';
import { trainConvnet } from './helpers/train-convnet.js';

beforeAll(() => useBackend(cpuBackend()));

/** A store with the backup of a run that crashed in its sixth batch. */
async function crashed(doubleCheckpoint = false) {
  const store = memoryStore();
  const backup = new BackupAndRestore(store, { saveFreq: 1, doubleCheckpoint });
  await caught(trainConvnet({ callbacks: [backup, throwAt({ hook: 'onTrainBatchEnd', call: 6 })] }));
  return store;
}

describe('peek and hasBackup', () => {
  test('find nothing in an empty store, and after a run that is complete', async () => {
    const store = memoryStore();
    const backup = new BackupAndRestore(store);
    expect([await backup.hasBackup(), await backup.peek()]).toEqual([false, undefined]);
    await trainConvnet({ callbacks: [backup] });
    expect([await backup.hasBackup(), await backup.peek()]).toEqual([false, undefined]);
  });

  test('tell what a fit would continue, without a model, a lock or a change of the store', async () => {
    const store = await crashed();
    const bytes = await storedBytes(store);
    const watched = faultyStore(store);
    const before = Date.now();
    const backup = new BackupAndRestore(watched);
    expect(await backup.hasBackup()).toBe(true);
    const found = (await backup.peek())!;
    expect(found).toMatchObject({
      epoch: 1,
      batch: 1,
      step: 5,
      library: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(found.savedAt.getTime()).toBeLessThanOrEqual(before);
    expect(found.savedAt.getTime()).toBeGreaterThan(before - 600_000);
    expect(new Set(watched.calls.map(({ operation }) => operation))).toEqual(new Set(['get']));
    expect(await storedBytes(store)).toEqual(bytes);
  });

  test('look under the name that the callback has', async () => {
    expect(await new BackupAndRestore(await crashed(), { name: 'other' }).hasBackup()).toBe(false);
  });

  test('tell of the newer one of two', async () => {
    expect(await new BackupAndRestore(await crashed(true), { doubleCheckpoint: true }).peek()).toMatchObject({
      step: 5,
    });
  });

  test('do not disturb a fit that follows, nor one that runs', async () => {
    const store = await crashed();
    const backup = new BackupAndRestore(store, { saveFreq: 1 });
    await backup.peek();
    const during = { batchLogs: false, onTrainBatchEnd: async () => void (await backup.hasBackup()) };
    const { proof } = await trainConvnet({ init: 99, callbacks: [backup, during] });
    expect(proof).toEqual((await trainConvnet()).proof);
  });

  test('reject where all there is is damaged, and where the store fails', async () => {
    const bytes = await storedBytes(await crashed());
    bytes[bytes.length - 20]! ^= 1;
    const damaged = new BackupAndRestore(mapStore(new Map([['backup', bytes]])));
    expect((await caught(damaged.peek())).code).toBe('KEEPFIT_CHECKPOINT_CORRUPT');
    expect((await caught(damaged.hasBackup())).code).toBe('KEEPFIT_CHECKPOINT_CORRUPT');
    const failing = new BackupAndRestore(faultyStore(memoryStore(), [{ operation: 'get' }]));
    expect((await caught(failing.hasBackup())).code).toBe('KEEPFIT_STORE_FAILED');
  });

  test('use the other one where one of two is damaged, and say so', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const store = await crashed(true);
    const files = new Map(
      await Promise.all(
        (await store.keys()).map(async (key) => [key, await storedBytes(store, key)] as const),
      ),
    );
    const newest = files.get('backup.2')!;
    newest[newest.length - 20]! ^= 1;
    expect(await new BackupAndRestore(mapStore(files), { doubleCheckpoint: true }).peek()).toMatchObject({
      step: 4,
    });
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });
});
