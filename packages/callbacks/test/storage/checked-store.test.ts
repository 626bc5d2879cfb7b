import { describe, expect, test } from 'vitest';
import type { CheckpointStore, StoreCondition } from '../../src/contract/checkpoint-store.js';
import { KeepfitError } from '../../src/contract/keepfit-error.js';
import { createCheckedStore } from '../../src/storage/checked-store.js';
import { createContent, storeConformance } from '../../src/testing/index.js';
import { plainStore } from '../testing/plain-store.js';

const content = createContent(Uint8Array.of(1, 2, 3));
const unreadable = {
  get code(): never {
    throw new Error('a getter');
  },
  toString(): never {
    throw new Error('a text');
  },
  get constructor(): never {
    throw new Error('a constructor');
  },
};

storeConformance({
  test: (name, run) => test(`leaves a right store as it is: ${name}`, run),
  make: () => {
    const [cells, locks] = [new Map(), new Map()];
    return {
      store: createCheckedStore(plainStore(undefined, cells, locks)),
      reopen: () => plainStore(undefined, cells, locks),
    };
  },
  supports: plainStore().supports,
});

/** Calls an operation of a store in which it is `broken`. */
async function call(operation: string, broken: () => unknown, name?: string): Promise<unknown> {
  const parts =
    operation === 'release' ? { lock: async () => ({ release: broken }) } : { [operation]: broken };
  const store = createCheckedStore({ ...plainStore(), ...parts, name } as CheckpointStore);
  if (operation === 'set') return store.set('backup', content);
  if (operation === 'keys') return store.keys();
  if (operation === 'release') return (await store.lock?.('backup'))?.release();
  return store[operation as 'get' | 'delete']('backup');
}

describe.each(['get', 'set', 'delete', 'keys', 'lock', 'release'])('%s', (operation) => {
  const place = operation === 'keys' ? 'keys() of lab' : `${operation}("backup") of lab`;
  const code = operation === 'set' ? 'KEEPFIT_BACKUP_FAILED' : 'KEEPFIT_STORE_FAILED';

  test.each([
    ['an error', new TypeError('the cable'), 'the cable'],
    ['undefined', undefined, 'without an Error'],
    ['null', null, 'without an Error'],
    ['a string', 'on fire', '"on fire"'],
    ['an object whose members throw', unreadable, 'without an Error'],
  ])('fails with %s: a KeepfitError with the cause, thrown or rejected', async (_, cause, reason) => {
    const throwing = () => {
      throw cause;
    };
    for (const broken of [throwing, () => Promise.reject(cause as Error)]) {
      const error: unknown = await call(operation, broken, 'lab').catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(KeepfitError);
      expect((error as KeepfitError).code).toBe(code);
      expect((error as KeepfitError).message).toContain(`${place} failed`);
      expect((error as KeepfitError).message).toContain(reason);
      expect((error as KeepfitError).cause === cause).toBe(true);
    }
  });

  test('a KeepfitError passes unchanged', async () => {
    const error = new KeepfitError('KEEPFIT_STORE_LOCKED', 'it is taken');
    await expect(call(operation, () => Promise.reject(error))).rejects.toBe(error);
  });
});

test.each([
  ['get', null, 'resolved to null; by the contract of stores, undefined says that nothing is stored'],
  ['get', 5, 'resolved to 5'],
  ['get', { bytes: new ArrayBuffer(3), version: 'a' }, 'a ArrayBuffer as bytes, not to a Uint8Array'],
  ['get', { bytes: new Uint16Array(3), version: 'a' }, 'not to a Uint8Array'],
  ['get', { bytes: [1, 2, 3], version: 'a' }, '[1,2,3] as bytes'],
  ['get', { version: 'a' }, 'undefined as bytes'],
  ['get', { bytes: new Uint8Array(3) }, 'undefined as version, not to a string'],
  ['get', { bytes: new Uint8Array(3), version: 5 }, '5 as version'],
  ['get', { bytes: new Uint8Array(3), version: '', getChecksum: 5 }, '5 as getChecksum, not to a function'],
  ['set', undefined, 'undefined, not to the new version, a string; the new checkpoint may be in place'],
  ['set', { version: 'a' }, 'not to the new version'],
  ['set', 'a', 'a version, but had read only 0 of 3 bytes'],
  ['keys', undefined, 'not to a list of strings'],
  ['keys', ['a', 5], 'not to a list of strings'],
  ['lock', undefined, 'undefined, not to a lock with a function `release`'],
  ['lock', null, 'null, not to a lock'],
  ['lock', {}, 'not to a lock'],
  ['lock', { release() {}, lost: true }, 'a lock whose `lost` is true, not an AbortSignal'],
])('%s that resolves to %j is a mistake of the store', async (operation, result, message) => {
  const error: unknown = await call(operation, async () => result, 'lab').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'KEEPFIT_STORE_FAILED' });
  expect((error as Error).message).toContain(message);
  expect((error as Error).message).toContain('of lab');
});

test('a set that reads a part of the bytes and reports success is a mistake of the store', async () => {
  const cut = async (_key: string, { chunks }: typeof content) => {
    for await (const chunk of chunks) return String(chunk.length);
    return '';
  };
  const store = createCheckedStore({ ...plainStore(), set: cut });
  const large = createContent(new Uint8Array(10), 4);
  await expect(store.set('backup', large)).rejects.toThrow(
    'of its store resolved to a version, but had read only 4 of 10',
  );
});

test('honours the condition of a delete, also if the store takes none', async () => {
  const [calls, cells] = [[] as unknown[][], new Map()];
  const plain = plainStore(undefined, cells);
  const old = createCheckedStore({ ...plain, delete: (key) => plain.delete(key) });
  const version = await old.set('backup', content);
  await expect(old.delete('backup', { replaces: 'x' })).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_CONFLICT',
  });
  expect(await old.keys()).toEqual(['backup']);
  await old.delete('backup', { replaces: version });
  expect(await old.keys()).toEqual([]);
  await expect(old.delete('backup', { replaces: version })).resolves.toBeUndefined();

  const remove = async (key: string, condition?: StoreCondition) => void calls.push([key, condition]);
  const own = createCheckedStore({ ...plain, delete: remove });
  await own.delete('backup', { replaces: 'x' });
  expect(calls).toEqual([['backup', { replaces: 'x' }]]);
});

test('after the end no call begins but a release, and a set in flight gets no more bytes', async () => {
  const end = new AbortController();
  const pending = new Set<{ readonly operation: string }>();
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const plain = plainStore();
  const slow: CheckpointStore['set'] = async (key, { byteLength, chunks }) => {
    for await (const chunk of chunks) await (chunk.length === 0 ? undefined : gate);
    return plain.set(key, { byteLength, chunks });
  };
  const store = createCheckedStore({ ...plain, set: slow }, pending as never, end.signal);
  const lock = await store.lock?.('backup');
  const setting = store.set('backup', createContent(new Uint8Array(10), 4));
  expect([...pending]).toEqual([{ operation: 'set', key: 'backup' }]);
  const reason = new KeepfitError('KEEPFIT_STORE_CONFLICT', 'lost');
  end.abort(reason);
  release();
  await expect(setting).rejects.toBe(reason);
  for (const late of [
    store.get('backup'),
    store.set('backup', content),
    store.delete('backup'),
    store.keys(),
  ])
    await expect(late).rejects.toBe(reason);
  await lock?.release();
  expect(pending.size).toBe(0);
  expect(await plain.keys()).toEqual([]);
});
