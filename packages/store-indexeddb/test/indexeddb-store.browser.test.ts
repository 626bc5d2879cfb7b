import { createContent, storeConformance } from '@keepfit/callbacks/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { indexedDBStore } from '../src/index.js';
import { heldContent } from './helpers/held-content.js';
import { deleteDatabases, newName, newSubject } from './helpers/new-subject.js';
import { deleteDatabase, openDatabase, rawPieces } from './helpers/raw-database.js';
import { refuseBlobs } from './helpers/refuse-blobs.js';
import { stealLock } from './helpers/steal-lock.js';

const MIB = 2 ** 20;
const supports = { durable: true, fencing: true, locking: true };
/** What depends on the form of the bytes. The long tests run the whole kit where Blobs are refused. */
const BYTES = /^(supports|bytes|replace): /;

afterEach(async () => {
  vi.restoreAllMocks();
  await deleteDatabases();
});

describe('with Blobs', () => {
  storeConformance({ test, make: newSubject, supports, manyKeys: 20 });

  test('keeps a large chunk as Blobs of 2 MiB', async () => {
    const name = newName();
    await indexedDBStore(name).set('backup', createContent(new Uint8Array(5 * MIB)));
    const { values } = await rawPieces(name);
    expect(values.map((value) => (value as Blob).size)).toEqual([2 * MIB, 2 * MIB, MIB]);
  });
});

describe('where Blobs are refused, as by WebKit in a private window', () => {
  beforeEach(refuseBlobs);

  storeConformance({
    test: (name, run) => BYTES.test(name) && test(name, run),
    make: newSubject,
    supports,
    manyKeys: 20,
  });

  test('keeps bytes instead, and asks no second time', async () => {
    const name = newName();
    const attempts = vi.mocked(IDBObjectStore.prototype.put);
    const store = indexedDBStore(name);
    for (const seed of [1, 2]) await store.set('backup', createContent(new Uint8Array(5 * MIB).fill(seed)));
    expect(attempts.mock.calls.filter(([value]) => value instanceof Blob)).toHaveLength(1);
    const { values } = await rawPieces(name);
    expect(values.map((value) => (value as Uint8Array).length)).toEqual([2 * MIB, 2 * MIB, MIB]);
  });
});

test('where Blobs are taken but cannot be read, it keeps bytes', async () => {
  const name = newName();
  vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValue(new DOMException('no file', 'NotReadableError'));
  await indexedDBStore(name).set('backup', createContent(Uint8Array.of(1, 2, 3)));
  expect((await rawPieces(name)).values).toEqual([Uint8Array.of(1, 2, 3)]);
});

describe('a Blob that cannot be read after it was found, as in WebKit', () => {
  const unreadable = new DOMException('no file', 'NotFoundError');

  test.each([
    ['replaced', (name: string) => indexedDBStore(name).set('backup', createContent(new Uint8Array([2])))],
    ['deleted', (name: string) => indexedDBStore(name).delete('backup')],
  ])('because its checkpoint was %s, makes the reader read what is stored now', async (_, change) => {
    const name = newName();
    const store = indexedDBStore(name);
    await store.set('backup', createContent(new Uint8Array([1])));
    vi.spyOn(Blob.prototype, 'arrayBuffer').mockImplementationOnce(async () => {
      await change(name);
      throw unreadable;
    });
    const found = await store.get('backup');
    expect(found).toEqual(await store.get('backup'));
  });

  test('though nothing has changed, is an error', async () => {
    const store = indexedDBStore(newName());
    await store.set('backup', createContent(new Uint8Array([1])));
    vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValue(unreadable);
    await expect(store.get('backup')).rejects.toMatchObject({
      code: 'KEEPFIT_STORE_FAILED',
      message: expect.stringMatching(/the browser cannot read a part of it/) as string,
      cause: unreadable,
    });
  });
});

test('lets another page delete the database, and opens it anew', async () => {
  const name = newName();
  const store = indexedDBStore(name);
  await store.set('backup', createContent(Uint8Array.of(1)));
  await deleteDatabase(name);
  expect(await store.get('backup')).toBeUndefined();
  await store.set('backup', createContent(Uint8Array.of(2)), { replaces: null });
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(2));
});

test('a database deleted while a checkpoint is written makes the set reject, and leaves nothing of it', async () => {
  const name = newName();
  const { content, reached, release } = heldContent(new Uint8Array(3 * MIB));
  const writing = indexedDBStore(name).set('backup', content);
  await reached;
  await deleteDatabase(name);
  release();
  await expect(writing).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  expect((await rawPieces(name)).places).toEqual([]);
});

test('a training under the lock writes again what was deleted with its database, also during a write', async () => {
  const name = newName();
  const store = indexedDBStore(name);
  const held = await store.lock?.('backup');
  const version = await store.set('backup', createContent(Uint8Array.of(1)));
  await deleteDatabase(name);
  await expect(
    store.set('backup', createContent(Uint8Array.of(2)), { replaces: version }),
  ).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_CONFLICT',
  });
  expect(await store.get('backup')).toBeUndefined();
  const next = await store.set('backup', createContent(Uint8Array.of(2)), { replaces: null });
  const { content, reached, release } = heldContent(new Uint8Array(19 * MIB));
  const writing = store.set('backup', content, { replaces: next });
  await reached;
  await deleteDatabase(name);
  release();
  await expect(writing).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  await store.set('backup', createContent(Uint8Array.of(3)), { replaces: null });
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(3));
  await held?.release();
});

test('many calls and deletions of the database at once end in values or clear errors, never in a mixture', async () => {
  const name = newName();
  const store = indexedDBStore(name);
  const contents = [1, 2, 3].map((seed) => new Uint8Array(3 * MIB).fill(seed));
  const calls: Promise<unknown>[] = [];
  for (const bytes of contents) {
    calls.push(store.set('backup', createContent(bytes)), deleteDatabase(name), store.get('backup'));
  }
  for (const outcome of await Promise.allSettled(calls)) {
    if (outcome.status === 'fulfilled') continue;
    expect(outcome.reason).toMatchObject({
      code: expect.stringMatching(/^KEEPFIT_STORE_(CONFLICT|FAILED)$/),
    });
  }
  const found = (await store.get('backup'))?.bytes;
  if (found !== undefined)
    expect(contents.some((bytes) => bytes[0] === found[0] && found.every((one) => one === bytes[0]))).toBe(
      true,
    );
  await store.set('backup', createContent(Uint8Array.of(4)));
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(4));
});

test('opens the database again if the browser has closed it before the store knows', async () => {
  const name = newName();
  const store = indexedDBStore(name);
  const version = await store.set('backup', createContent(Uint8Array.of(1)));
  const { transaction } = IDBDatabase.prototype;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(function (
    this: IDBDatabase,
    ...args
  ) {
    this.close();
    return transaction.apply(this, args);
  });
  expect(await store.get('backup')).toEqual({ bytes: Uint8Array.of(1), version });
});

test('without permission to store data, it says what to do', async () => {
  vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  await expect(indexedDBStore(newName()).get('backup')).rejects.toThrow(
    /KEEPFIT_STORE_FAILED: .*\(SecurityError\): this page must not store data/,
  );
});

test('deletes only the version that the condition names, and nothing that is absent', async () => {
  const name = newName();
  const store = indexedDBStore(name);
  expect(store.name).toBe(`indexedDBStore("${name}")`);
  const version = await store.set('backup', createContent(Uint8Array.of(1)));
  for (const replaces of ['another', null]) {
    await expect(store.delete('backup', { replaces })).rejects.toMatchObject({
      code: 'KEEPFIT_STORE_CONFLICT',
    });
  }
  expect(await store.keys()).toEqual(['backup']);
  expect((await rawPieces(name)).places).toHaveLength(1);
  await store.delete('backup', { replaces: version });
  expect(await store.keys()).toEqual([]);
  await store.delete('backup', { replaces: version });
});

test('a stolen lock is lost: the former holder writes and deletes nothing more, not even a write in flight', async () => {
  const name = newName();
  const store = indexedDBStore(name);
  const held = await store.lock?.('backup');
  const version = await store.set('backup', createContent(Uint8Array.of(1)));
  const { content, reached, release } = heldContent(Uint8Array.of(2, 2));
  const writing = store.set('backup', content);
  writing.catch(() => undefined);
  await reached;
  const lost = new Promise((resolve) => held?.lost?.addEventListener('abort', resolve));
  const end = await stealLock(`keepfit:indexeddb:${name}:backup`);
  await lost;
  release();
  await expect(writing).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  const late = store.set('backup', createContent(Uint8Array.of(3)));
  await expect(late).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  await expect(store.delete('backup')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  expect(await store.get('backup')).toEqual({ bytes: Uint8Array.of(1), version });
  await held?.release();
  end();
});

test('who takes the lock removes what a kill has left of this key, and no other', async () => {
  const name = newName();
  const store = indexedDBStore(name);
  const versions = [
    await store.set('backup', createContent(Uint8Array.of(1))),
    await store.set('backup.2', createContent(Uint8Array.of(2))),
  ];
  const { content, reached, release } = heldContent(new Uint8Array(18 * MIB));
  const writing = store.set('backup', content);
  await reached;
  // Eight pieces of 2 MiB are written at once.
  expect((await rawPieces(name)).places).toHaveLength(2 + 8);
  await (await indexedDBStore(name).lock?.('backup'))?.release();
  expect((await rawPieces(name)).places).toEqual([
    ['backup', versions[0], 0],
    ['backup.2', versions[1], 0],
  ]);
  release();
  await expect(writing).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(1));
});

test('the next pieces are made while eight are written', async () => {
  const name = newName();
  const store = indexedDBStore(name);
  await store.set('backup', createContent(Uint8Array.of(1)));
  const opened = await openDatabase(name);
  // A transaction that lasts keeps those of the store waiting.
  const pieces = opened.transaction('pieces', 'readwrite').objectStore('pieces');
  let isHeld = true;
  const hold = (): void => {
    if (isHeld) pieces.count().onsuccess = hold;
  };
  hold();
  const { content, reached, release } = heldContent(new Uint8Array(31 * MIB));
  const writing = store.set('backup', content);
  await reached;
  isHeld = false;
  opened.close();
  release();
  await writing;
  expect((await rawPieces(name)).places).toHaveLength(16);
});

test('a set that fails leaves no pieces', async () => {
  const name = newName();
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(20 * MIB);
    throw new Error('the device was lost');
  }
  await expect(
    indexedDBStore(name).set('backup', { byteLength: 21 * MIB, chunks: failing() }),
  ).rejects.toThrow('the device was lost');
  expect((await rawPieces(name)).places).toEqual([]);
});

test('a delete leaves no pieces of its key', async () => {
  const name = newName();
  const store = indexedDBStore(name);
  await store.set('backup', createContent(new Uint8Array(3 * MIB)));
  await store.delete('backup');
  expect((await rawPieces(name)).places).toEqual([]);
});

test('a database of another program is refused, and left as it is', async () => {
  const newer = newName();
  (await openDatabase(newer, 3)).close();
  await expect(indexedDBStore(newer).get('backup')).rejects.toThrow(
    /^KEEPFIT_STORE_FAILED: .*\(VersionError\): it belongs to another program/,
  );
  const other = newName();
  (await openDatabase(other, 1)).close();
  await expect(indexedDBStore(other).keys()).rejects.toThrow(
    /^KEEPFIT_STORE_FAILED: .*\(NotFoundError\): it belongs to another program/,
  );
});

test('a held lock says what is in use', async () => {
  const name = newName();
  const held = await indexedDBStore(name).lock?.('backup');
  await expect(indexedDBStore(name).lock?.('backup')).rejects.toThrow(
    `KEEPFIT_STORE_LOCKED: "backup" of the database "${name}" is in use`,
  );
  await held?.release();
});
