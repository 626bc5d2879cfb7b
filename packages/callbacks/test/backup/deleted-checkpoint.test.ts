import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { BackupKeys } from '../../src/backup/backup-keys.js';
import type { CheckpointStore, StoreCondition } from '../../src/contract/checkpoint-store.js';
import { KeepfitError } from '../../src/contract/keepfit-error.js';
import { createCheckedStore } from '../../src/storage/checked-store.js';
import { createContent, faultyStore } from '../../src/testing/index.js';
import { encoded } from '../format/checkpoint-parts.js';
import { plainStore } from '../testing/plain-store.js';

let warn: MockInstance<typeof console.warn>;

beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});

afterEach(() => vi.restoreAllMocks());

const bytes = (...values: number[]) => createContent(Uint8Array.from(values));

async function open(store: CheckpointStore, { double = false, isLocked = true } = {}): Promise<BackupKeys> {
  const keys = new BackupKeys(createCheckedStore(store), 'backup', double, () => isLocked);
  await keys.load();
  return keys;
}

test('a checkpoint that was deleted under the lock is written again, each time, with one warning', async () => {
  const store = { ...plainStore(), name: 'plainStore("runs")' };
  const keys = await open(store);
  await keys.write(bytes(1));
  for (const value of [2, 3]) {
    await store.delete('backup');
    await keys.write(bytes(value));
    expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(value));
  }
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(/"backup" of plainStore\("runs"\) was deleted while training ran.*written again/),
  );
  await keys.write(bytes(4));
  await keys.delete();
  expect(await store.keys()).toEqual([]);
});

test.each([
  ['the older', 'backup'],
  ['the newer', 'backup.2'],
])('of two checkpoints, %s one that was deleted is written again in its turn', async (_, deleted) => {
  const store = plainStore();
  const keys = await open(store, { double: true });
  await keys.write(bytes(1));
  await keys.write(bytes(2));
  await store.delete(deleted);
  await keys.write(bytes(3));
  await keys.write(bytes(4));
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(3));
  expect((await store.get('backup.2'))?.bytes).toEqual(Uint8Array.of(4));
  expect(warn).toHaveBeenCalledOnce();
});

test('a checkpoint that is deleted while its successor is written is written again', async () => {
  const store = plainStore();
  const keys = await open(store);
  await keys.write(bytes(1));
  const content = bytes(2);
  let reads = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    if (++reads === 1) await store.delete('backup');
    yield* content.chunks;
  }
  await keys.write({ ...content, chunks: { [Symbol.asyncIterator]: chunks } });
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(2));
});

test('the checkpoint that a run has resumed from is written again if it was deleted', async () => {
  const store = plainStore();
  await store.set('backup', createContent(await encoded()));
  const keys = await open(store);
  await store.delete('backup');
  await keys.write(bytes(2));
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(2));
});

test('without the lock, a deleted checkpoint is a conflict that says so, and nothing is written', async () => {
  const store = plainStore();
  const keys = await open(store, { isLocked: false });
  await keys.write(bytes(1));
  await store.delete('backup');
  await expect(keys.write(bytes(2))).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_CONFLICT',
    message: expect.stringContaining('"backup" of its store was deleted meanwhile'),
    cause: expect.objectContaining({ code: 'KEEPFIT_STORE_CONFLICT' }),
  });
  expect(await store.keys()).toEqual([]);
  expect(warn).not.toHaveBeenCalled();
});

test('a checkpoint that was deleted and replaced is a conflict, and stays', async () => {
  const store = plainStore();
  const keys = await open(store);
  await keys.write(bytes(1));
  await store.delete('backup');
  const version = await store.set('backup', bytes(9));
  await expect(keys.write(bytes(2))).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_CONFLICT',
    message: expect.stringContaining('another trainer has replaced the checkpoint "backup"'),
  });
  expect(await store.get('backup')).toEqual({ bytes: Uint8Array.of(9), version });
});

test('one that another trainer writes before the second attempt is a conflict, and stays', async () => {
  const store = plainStore();
  const faulty = faultyStore(store);
  const keys = await open(faulty);
  await keys.write(bytes(1));
  await store.delete('backup');
  const held = faulty.hold({ operation: 'set', call: 3 });
  const writing = keys.write(bytes(2));
  writing.catch(() => undefined);
  await held.reached;
  await store.set('backup', bytes(9));
  held.release();
  await expect(writing).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(9));
});

test('the first checkpoint is written again if the store lost it during the write', async () => {
  const keys = await open(faultyStore(plainStore(), [{ operation: 'set', call: 1, error: conflict() }]));
  await keys.write(bytes(1));
  expect(warn).toHaveBeenCalledOnce();
});

test('a first write that meets a checkpoint is a conflict, and so is one that never succeeds', async () => {
  const store = plainStore();
  const keys = await open(store);
  await store.set('backup', bytes(9));
  await expect(keys.write(bytes(1))).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  await store.delete('backup');
  const gone = await open(faultyStore(store, [{ operation: 'set', error: conflict() }]));
  await expect(gone.write(bytes(1))).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
});

test('if the store cannot say what is there, the conflict stays', async () => {
  const store = plainStore();
  const failing = faultyStore(store, [{ operation: 'get', call: 3 }]);
  const keys = await open(failing);
  await keys.write(bytes(1));
  await store.delete('backup');
  await expect(keys.write(bytes(2))).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  expect(await store.keys()).toEqual([]);
});

test('any other failure of a write is not repeated', async () => {
  const store = faultyStore(plainStore(), [{ operation: 'set', call: 2 }]);
  const keys = await open(store);
  await keys.write(bytes(1));
  await store.delete('backup');
  await expect(keys.write(bytes(2))).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
  expect(store.calls.filter(({ operation }) => operation === 'set')).toHaveLength(2);
});

test('deletes with the version as the condition, if the store takes one', async () => {
  const store = plainStore();
  const conditions: (StoreCondition | undefined)[] = [];
  const deleting = {
    ...store,
    delete: async (key: string, condition?: StoreCondition) => {
      conditions.push(condition);
      const { version } = (await store.get(key)) ?? {};
      if (version !== undefined && condition?.replaces !== version) throw conflict();
      await store.delete(key);
    },
  };
  const keys = await open(deleting);
  await keys.write(bytes(1));
  const version = (await store.get('backup'))?.version;
  await keys.delete();
  expect(conditions).toEqual([{ replaces: version }]);
  expect(await store.keys()).toEqual([]);

  await keys.write(bytes(2));
  await store.set('backup', bytes(9));
  await expect(keys.delete()).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_CONFLICT',
    message: expect.stringContaining('another trainer has replaced "backup"'),
  });
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(9));
});

function conflict(): KeepfitError {
  return new KeepfitError('KEEPFIT_STORE_CONFLICT', 'another version is stored');
}
