import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type CheckpointStore } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { indexedDBStore } from '@keepfit/store-indexeddb';
import { opfsStore } from '@keepfit/store-opfs';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { throwAt } from './helpers/throw-at.js';
import { trainNoisy } from './helpers/train-noisy.js';

interface Medium {
  readonly name: string;
  readonly open: () => CheckpointStore;
  readonly destroy: () => Promise<unknown>;
}

beforeAll(async () => {
  await useBackend(cpuBackend());
});
afterEach(() => void vi.restoreAllMocks());

function newDatabase(): Medium {
  const name = crypto.randomUUID();
  return { name, open: () => indexedDBStore(name), destroy: () => deleteDatabase(name) };
}

/** Its parent folder goes, as when the user clears the data of the site. */
function newFolder(): Medium {
  const name = crypto.randomUUID();
  const destroy = async (): Promise<void> => {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(name, { recursive: true });
  };
  return { name, open: () => opfsStore(`${name}/digits`), destroy };
}

const MEDIA = [
  ['a database', newDatabase],
  ['a folder', newFolder],
] as const;

for (const [what, create] of MEDIA) {
  test(`${what} that is deleted in each batch costs nothing: same bits, one warning`, async () => {
    const whole = await trainNoisy([]);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const medium = create();
    const backup = new BackupAndRestore(medium.open(), { saveFreq: 1 });
    expect(await trainNoisy([destroyAtBatchEnd(medium), backup])).toEqual(whole);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('was deleted while training ran'));
    expect(await medium.open().keys()).toEqual([]);
    await medium.destroy().catch(() => undefined);
  });

  test(`${what} that is deleted while a backup is written costs nothing: same bits`, async () => {
    const whole = await trainNoisy([]);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    for (const set of [2, 4]) {
      warn.mockClear();
      const medium = create();
      const store = destroyDuring(medium, set);
      const backup = new BackupAndRestore(store, { saveFreq: 1 });
      const outcome = await trainNoisy([backup]).catch((error: unknown) => error);
      expect(outcome).toEqual(whole);
      expect(warn.mock.calls.length).toBeLessThanOrEqual(1);
      await medium.destroy().catch(() => undefined);
    }
  });

  test(`${what} that is deleted, and a crash: the backup that was written again continues exactly`, async () => {
    const whole = await trainNoisy([]);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const medium = create();
    const crash = throwAt({ hook: 'onTrainBatchEnd', call: 7 });
    const callbacks = [
      destroyAtBatchEnd(medium, 3),
      new BackupAndRestore(medium.open(), { saveFreq: 1 }),
      crash,
    ];
    await expect(trainNoisy(callbacks)).rejects.toMatchObject({ code: 'KEEPFIT_HOOK_FAILED' });
    expect(await medium.open().keys()).toEqual(['backup']);
    expect(await trainNoisy([new BackupAndRestore(medium.open(), { saveFreq: 1 })])).toEqual(whole);
    await medium.destroy().catch(() => undefined);
  });
}

/** Deletes the medium at the end of each batch, or of one. */
function destroyAtBatchEnd(medium: Medium, only?: number): CallbackHooks {
  let calls = 0;
  return {
    batchLogs: false,
    onTrainBatchEnd: async () => {
      calls += 1;
      // Nothing is there if no backup was written since.
      if (only === undefined || calls === only) await medium.destroy().catch(() => undefined);
    },
  };
}

/** The store of the medium, which is deleted when the chunks of this set have come half-way. */
function destroyDuring(medium: Medium, set: number): CheckpointStore {
  const store = medium.open();
  let sets = 0;
  return {
    ...store,
    set(key, content, condition) {
      sets += 1;
      if (sets !== set) return store.set(key, content, condition);
      const { byteLength, chunks } = content;
      return store.set(key, { byteLength, chunks: destroyHalfWay(chunks, medium) }, condition);
    },
  };
}

async function* destroyHalfWay(
  chunks: AsyncIterable<Uint8Array>,
  medium: Medium,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isDestroyed = false;
  for await (const chunk of chunks) {
    const half = chunk.length >>> 1;
    yield chunk.subarray(0, half);
    // A browser may refuse to delete a folder with an open file.
    if (!isDestroyed) await medium.destroy().catch(() => undefined);
    isDestroyed = true;
    yield chunk.subarray(half);
  }
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error('the database was not deleted'));
  });
}
