import { expect, test } from 'vitest';
import { createContent, faultyStore, storeConformance } from '../../src/testing/index.js';
import { plainStore } from './plain-store.js';

const bytes = Uint8Array.of(1, 2, 3);

storeConformance({
  test: (name, run) => test(`without faults: ${name}`, run),
  make: () => {
    const [cells, locks] = [new Map(), new Map()];
    return {
      store: faultyStore(plainStore(undefined, cells, locks)),
      reopen: () => plainStore(undefined, cells, locks),
    };
  },
  supports: plainStore().supports,
});

test('fails the n-th call of an operation before it has an effect, and no other', async () => {
  const store = faultyStore(plainStore(), [{ operation: 'set', call: 2 }]);
  await store.set('backup', createContent(bytes));
  await expect(store.set('backup', createContent(Uint8Array.of(9)))).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_FAILED',
  });
  expect((await store.get('backup'))?.bytes).toEqual(bytes);
  await store.set('backup', createContent(Uint8Array.of(9)));
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(9));
});

test('fails after the effect where told so', async () => {
  const error = new Error('the answer was lost');
  const store = faultyStore(plainStore(), [{ operation: 'set', call: 1, when: 'after', error }]);
  await expect(store.set('backup', createContent(bytes))).rejects.toBe(error);
  expect((await store.get('backup'))?.bytes).toEqual(bytes);
});

test('fails every call where no number is given, and every kind of operation', async () => {
  for (const operation of ['get', 'set', 'delete', 'keys', 'lock'] as const) {
    const store = faultyStore(plainStore(), [{ operation }]);
    const call = {
      get: () => store.get('backup'),
      set: () => store.set('backup', createContent(bytes)),
      delete: () => store.delete('backup'),
      keys: () => store.keys(),
      lock: () => store.lock!('backup'),
    }[operation];
    await expect(call()).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
    await expect(call()).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
  }
});

test('fails the release of a lock, which then is still held', async () => {
  const store = faultyStore(plainStore(), [{ operation: 'release', call: 1 }]);
  const lock = await store.lock!('backup');
  await expect(lock.release()).rejects.toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
  await expect(store.lock!('backup')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_LOCKED' });
  await lock.release();
  await expect(store.lock!('backup')).resolves.toBeDefined();
});

test('holds the next set before it asks for a chunk, until it is let go', async () => {
  const store = faultyStore(plainStore());
  await store.set('backup', createContent(bytes));
  const held = store.hold({ operation: 'set' });
  let asked = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    asked += 1;
    yield Uint8Array.of(9);
  }
  const setting = store.set('backup', { byteLength: 1, chunks: chunks() });
  await held.reached;
  expect(asked).toBe(0);
  expect((await store.get('backup'))?.bytes).toEqual(bytes);
  held.release();
  await setting;
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(9));
});

test('holds a set after its effect, and makes it fail by hand', async () => {
  const store = faultyStore(plainStore());
  const held = store.hold({ operation: 'set', call: 2, when: 'after' });
  await store.set('backup', createContent(bytes));
  const setting = store.set('backup', createContent(Uint8Array.of(9)));
  await held.reached;
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(9));
  const error = new Error('by hand');
  held.fail(error);
  await expect(setting).rejects.toBe(error);
});

test('a call let go before it comes does not wait', async () => {
  const store = faultyStore(plainStore());
  store.hold({ operation: 'get' }).release();
  await expect(store.get('backup')).resolves.toBeUndefined();
});

test('records the calls in order', async () => {
  const store = faultyStore(plainStore());
  const lock = await store.lock!('backup');
  await store.get('backup');
  await store.keys();
  await lock.release();
  expect(store.calls).toEqual([
    { operation: 'lock', key: 'backup' },
    { operation: 'get', key: 'backup' },
    { operation: 'keys' },
    { operation: 'release', key: 'backup' },
  ]);
});

test('has no lock where the store has none', () => {
  const { lock: _, ...lockless } = plainStore();
  expect(faultyStore(lockless).lock).toBeUndefined();
});
