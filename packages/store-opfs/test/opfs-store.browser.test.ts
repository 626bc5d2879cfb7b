import { createContent, storeConformance } from '@keepfit/callbacks/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { heldContent } from '../../store-indexeddb/test/helpers/held-content.js';
import { stealLock } from '../../store-indexeddb/test/helpers/steal-lock.js';
import { opfsStore } from '../src/index.js';
import { fileNamesIn, folderOf } from './helpers/file-names-in.js';
import { newSubject } from './helpers/new-subject.js';
import { testInWorker } from './helpers/test-in-worker.js';

const MIB = 2 ** 20;
const supports = { durable: false, fencing: true, locking: true };
const made: (() => void | Promise<void>)[] = [];

function make() {
  const subject = newSubject();
  if (subject.cleanup !== undefined) made.push(subject.cleanup);
  return subject;
}

afterEach(async () => {
  vi.unstubAllGlobals();
  for (const cleanup of made.splice(0)) await cleanup();
});

/** What depends on who writes the file. The long tests run the rest of the kit. */
const WRITES = /^(supports|bytes|fencing): /;

describe('in a page, by a worker', () => {
  storeConformance({
    test: (name, run) => WRITES.test(name) && test(name, run),
    make,
    supports,
    manyKeys: 20,
  });

  test('uses a worker for each set, which ends with it', async () => {
    const workers = watchWorkers();
    const { store } = make();
    for (const seed of [1, 2])
      await store.set('backup', createContent(new Uint8Array(5 * MIB).fill(seed), MIB));
    await expect(
      store.set('backup', { ...createContent(new Uint8Array(9)), byteLength: 10 }),
    ).rejects.toThrow('KEEPFIT_STORE_FAILED');
    expect(workers).toEqual({ started: 3, ended: 3 });
  });
});

test('a file that was made and never written is no checkpoint', async () => {
  const { store, dir } = make();
  await (await folderOf(dir)).getFileHandle('backup.checkpoint', { create: true });
  expect(await store.get('backup')).toBeUndefined();
  expect(await store.keys()).toEqual([]);
  await store.set('backup', createContent(Uint8Array.of(1)), { replaces: null });
  expect(await store.keys()).toEqual(['backup']);
});

// In a worker the writing is another. The rest of the kit is in the long tests.
await testInWorker((name) => WRITES.test(name));

test('what was stored is there when opened anew, with its version and keys; what was deleted is not', async () => {
  const { store, dir } = make();
  const version = await store.set('backup', createContent(Uint8Array.of(1, 2, 3)));
  await store.set('other', createContent(Uint8Array.of(1)));
  await store.delete('other');
  expect(await opfsStore(dir).get('backup')).toEqual({ bytes: Uint8Array.of(1, 2, 3), version });
  expect(await opfsStore(dir).keys()).toEqual(['backup']);
});

test('a set that fails leaves no temp file', async () => {
  const { store, dir } = make();
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(3 * MIB);
    throw new Error('the device was lost');
  }
  await expect(store.set('backup', { byteLength: 4 * MIB, chunks: failing() })).rejects.toThrow(
    'the device was lost',
  );
  await expect(store.set('backup', createContent(Uint8Array.of(1)), { replaces: 'x' })).rejects.toThrow(
    'KEEPFIT_STORE_CONFLICT',
  );
  expect(await fileNamesIn(dir)).toEqual([]);
});

test('who takes the lock removes the temp files that a kill has left of this key, and no other file', async () => {
  const { store, dir } = make();
  const folder = await folderOf(dir);
  await store.set('backup', createContent(Uint8Array.of(1)));
  const uuid = crypto.randomUUID();
  for (const name of [`${uuid} backup`, `${uuid} backup.2`, 'notes.txt'])
    await folder.getFileHandle(name, { create: true });
  await (await store.lock?.('backup'))?.release();
  expect(await fileNamesIn(dir)).toEqual([`${uuid} backup.2`, 'backup.checkpoint', 'notes.txt'].sort());
  await store.delete('backup.2');
  expect(await fileNamesIn(dir)).toEqual(['backup.checkpoint', 'notes.txt']);
});

test('a temp file that is being written is left alone', async () => {
  const { store, dir } = make();
  const { content, reached, release } = heldContent(Uint8Array.of(1, 2));
  const writing = store.set('backup', content);
  await reached;
  await (await opfsStore(dir).lock?.('backup'))?.release();
  release();
  await writing;
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(1, 2));
});

test('a training under the lock writes again what was deleted with the folder', async () => {
  const { store, remove } = make();
  const held = await store.lock?.('backup');
  const version = await store.set('backup', createContent(Uint8Array.of(1)));
  await remove();
  await expect(
    store.set('backup', createContent(Uint8Array.of(2)), { replaces: version }),
  ).rejects.toMatchObject({
    code: 'KEEPFIT_STORE_CONFLICT',
  });
  expect(await store.get('backup')).toBeUndefined();
  await store.set('backup', createContent(Uint8Array.of(2)), { replaces: null });
  expect((await store.get('backup'))?.bytes).toEqual(Uint8Array.of(2));
  await held?.release();
});

test.each([
  ['by a worker', false],
  ['by createWritable', true],
])(
  'a folder that is deleted during a write, %s: whole bytes or none, and it can be written again',
  async (_, isPage) => {
    if (isPage) vi.stubGlobal('Worker', undefined);
    const { store, dir, remove } = make();
    for (const replaces of [null, await store.set('backup', createContent(Uint8Array.of(1)))]) {
      if (replaces === null) await store.delete('backup');
      const { content, reached, release } = heldContent(Uint8Array.of(2, 2));
      const writing = store.set('backup', content, { replaces }).catch((error: unknown) => error);
      await reached;
      // A browser may refuse to delete a folder with an open file.
      const isRemoved = await remove().then(
        () => true,
        () => false,
      );
      release();
      const outcome = await writing;
      const found = (await store.get('backup'))?.bytes;
      if (typeof outcome === 'string') expect(found).toEqual(Uint8Array.of(2, 2));
      else {
        expect(outcome).toMatchObject({ code: expect.stringMatching(/^KEEPFIT_STORE_(CONFLICT|FAILED)$/) });
        expect(isRemoved || found !== undefined || replaces !== null).toBe(true);
        if (isRemoved) expect(found).toBeUndefined();
      }
      await store.set('backup', createContent(Uint8Array.of(3)));
      expect((await opfsStore(dir).get('backup'))?.bytes).toEqual(Uint8Array.of(3));
      expect(await fileNamesIn(dir)).toEqual(['backup.checkpoint']);
    }
  },
);

test('deletes only the version that the condition names, and nothing that is absent', async () => {
  const { store, dir } = make();
  expect(store.name).toBe(`opfsStore("${dir}")`);
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

test('a stolen lock is lost: the former holder writes and deletes nothing more, not even a write in flight', async () => {
  const { store, dir } = make();
  const held = await store.lock?.('backup');
  const version = await store.set('backup', createContent(Uint8Array.of(1)));
  const { content, reached, release } = heldContent(Uint8Array.of(2, 2));
  const writing = store.set('backup', content);
  writing.catch(() => undefined);
  await reached;
  const lost = new Promise((resolve) => held?.lost?.addEventListener('abort', resolve));
  const end = await stealLock(`keepfit:opfs:${dir}:backup`);
  await lost;
  release();
  await expect(writing).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  const late = store.set('backup', createContent(Uint8Array.of(3)));
  await expect(late).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  await expect(store.delete('backup')).rejects.toMatchObject({ code: 'KEEPFIT_STORE_CONFLICT' });
  expect(await store.get('backup')).toEqual({ bytes: Uint8Array.of(1), version });
  expect(await fileNamesIn(dir)).toEqual(['backup.checkpoint']);
  await held?.release();
  end();
});

test('a browser without such a file system says so, and names indexedDBStore', async () => {
  const { store } = make();
  vi.stubGlobal('navigator', { locks: navigator.locks, storage: {} });
  const message = /^KEEPFIT_STORE_FAILED: .*this browser has no private folders; use indexedDBStore$/;
  await expect(store.set('backup', createContent(Uint8Array.of(1)))).rejects.toThrow(message);
  await expect(store.get('backup')).rejects.toThrow(message);
  const denied = () => Promise.reject(new DOMException('denied', 'SecurityError'));
  vi.stubGlobal('navigator', { locks: navigator.locks, storage: { getDirectory: denied } });
  await expect(store.get('backup')).rejects.toThrow(
    /KEEPFIT_STORE_FAILED: .*\(SecurityError\): private windows may have none; use indexedDBStore$/,
  );
});

test('a browser that can write such files neither in a worker nor in a page says so', async () => {
  const { store } = make();
  vi.stubGlobal('Worker', undefined);
  const { createWritable } = FileSystemFileHandle.prototype;
  Reflect.deleteProperty(FileSystemFileHandle.prototype, 'createWritable');
  try {
    await expect(store.set('backup', createContent(Uint8Array.of(1)))).rejects.toThrow(
      /^KEEPFIT_STORE_FAILED: .*only in a worker.*or use indexedDBStore$/,
    );
  } finally {
    Object.assign(FileSystemFileHandle.prototype, { createWritable });
  }
});

test('a held lock says what is in use', async () => {
  const { store, dir } = make();
  const held = await store.lock?.('backup');
  await expect(opfsStore(dir).lock?.('backup')).rejects.toThrow(
    `KEEPFIT_STORE_LOCKED: "backup" of the private folder "${dir}" is in use`,
  );
  await held?.release();
});

function watchWorkers() {
  const count = { started: 0, ended: 0 };
  const Original = Worker;
  class Watched extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      count.started += 1;
    }

    override terminate(): void {
      count.ended += 1;
      super.terminate();
    }
  }
  vi.stubGlobal('Worker', Watched);
  return count;
}
