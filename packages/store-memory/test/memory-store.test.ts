import { createContent, storeConformance } from '@keepfit/callbacks/testing';
import { expect, test } from 'vitest';
import { memoryStore } from '../src/index.js';

storeConformance({ test, make: memoryStore, supports: { durable: false, fencing: true, locking: true } });

test('says what it supports', () => {
  expect(memoryStore().supports).toEqual({ durable: false, fencing: true, locking: true });
});

test('two stores share nothing', async () => {
  const [one, other] = [memoryStore(), memoryStore()];
  await one.set('backup', createContent(Uint8Array.of(1, 2, 3)));
  await one.lock?.('backup');
  expect(await other.keys()).toEqual([]);
  await expect(other.lock?.('backup')).resolves.toBeDefined();
});

test('a total that differs from the announced one is KEEPFIT_STORE_FAILED, with both numbers', async () => {
  const store = memoryStore();
  const short = store.set('backup', { ...createContent(new Uint8Array(7)), byteLength: 8 });
  await expect(short).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*8 bytes, but have 7/);
  const long = store.set('backup', { ...createContent(new Uint8Array(9), 3), byteLength: 8 });
  await expect(long).rejects.toThrow(/KEEPFIT_STORE_FAILED: .*8 bytes, but have 9 or more/);
});

test('too many bytes are refused before the rest is asked for', async () => {
  let asked = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      asked += 1;
      yield new Uint8Array(10);
    }
  }
  await expect(memoryStore().set('backup', { byteLength: 25, chunks: endless() })).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_FAILED',
  });
  expect(asked).toBe(3);
});

test('more memory than there can be is KEEPFIT_STORE_FULL', async () => {
  const store = memoryStore();
  const huge = store.set('backup', {
    ...createContent(new Uint8Array(1)),
    byteLength: Number.MAX_SAFE_INTEGER,
  });
  await expect(huge).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FULL', cause: expect.any(RangeError) });
  expect(await store.get('backup')).toBeUndefined();
});

test('an error of the source reaches the caller as it is', async () => {
  const failure = new Error('the device was lost');
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1);
    throw failure;
  }
  await expect(memoryStore().set('backup', { byteLength: 2, chunks: failing() })).rejects.toBe(failure);
});

test('deletes only the version that the condition names, and nothing that is absent', async () => {
  const store = memoryStore();
  const version = await store.set('backup', createContent(Uint8Array.of(1)));
  for (const replaces of ['another', null]) {
    await expect(store.delete('backup', { replaces })).rejects.toMatchObject({
      code: 'KEEPFIT_STORE_CONFLICT',
    });
  }
  expect(await store.keys()).toEqual(['backup']);
  await store.delete('backup', { replaces: version });
  expect(await store.keys()).toEqual([]);
  await store.delete('backup', { replaces: version });
});

test('has a name for messages', () => {
  expect(memoryStore().name).toBe('memoryStore()');
});
