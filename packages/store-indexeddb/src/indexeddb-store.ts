import { formatValue } from '@keepfit/callbacks/internal';
import {
  checkKey,
  type CheckpointStore,
  createWebLocks,
  KeepfitError,
  type StoreLock,
  type WebLocks,
} from '@keepfit/callbacks/store';
import {
  waitForRequest,
  withDatabaseErrors,
  createTransact,
  type Head,
  getPieceRange,
  type Transact,
} from './database.js';
import { readPieces } from './read-pieces.js';
import { commitPieces, checkVersion, createPieceWriters, writePieces } from './write-pieces.js';

/**
 * Keeps checkpoints in an IndexedDB database, in a page or a worker of a browser.
 *
 * A checkpoint is written in pieces, as Blobs if the browser can keep these (else as bytes), with strict
 * durability. One last transaction compares the version and puts the checkpoint in place: whole old or whole
 * new bytes after a crash at any instant. The page is never blocked for long, and at most 34 MiB are in
 * memory: 16 MiB that are written, and as many that come next. Space for two checkpoints is needed. In a secure context (https, or localhost), a Web Lock excludes
 * a second trainer in any tab; elsewhere there are no locks.
 *
 * Nothing is opened before it is needed. Without IndexedDB, as in Node, every call rejects with
 * KEEPFIT_STORE_FAILED. The store's calls reject with KEEPFIT_STORE_FAILED, _FULL, _LOCKED and _CONFLICT.
 *
 * @param name The name of a database that only this store uses: any string but the empty one.
 * @throws KEEPFIT_INVALID_OPTION when the name is not valid.
 */
export function indexedDBStore(name: string): CheckpointStore {
  if (typeof name !== 'string' || name === '') {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `name of indexedDBStore must be a non-empty string, not ${formatValue(name)}`,
    );
  }
  const transact = createTransact(name);
  const newWriter = createPieceWriters(transact);
  const locks = createWebLocks();
  const locking = typeof navigator !== 'undefined' && navigator.locks !== undefined;

  return {
    name: `indexedDBStore(${JSON.stringify(name)})`,
    supports: { durable: true, fencing: true, locking },

    get: async (key) => readPieces(transact, name, checkKey(key)),

    async set(key, content, condition) {
      checkKey(key);
      const check = locks.watch(key);
      const version = crypto.getRandomValues(new Uint32Array(4)).join('-');
      const action = `store the ${content.byteLength} bytes of ${JSON.stringify(key)}`;
      const writer = newWriter(action);
      try {
        const pieces = await writePieces(content, (piece, index) => writer.add([key, version, index], piece));
        const head = { version, pieces, byteLength: content.byteLength };
        const commit = transact('readwrite', action, (heads, kept) =>
          commitPieces(heads, kept, key, head, writer, check, condition),
        );
        // The database runs them in this order, so the first failure is the cause.
        await Promise.all([writer.waitUntilWritten(), commit]);
      } catch (error) {
        await writer.waitUntilWritten().catch(() => undefined);
        await transact('readwrite', action, (_, kept) => void kept.delete(getPieceRange(key, version))).catch(
          () => undefined,
        );
        throw error;
      }
      return version;
    },

    async delete(key, condition) {
      checkKey(key);
      const check = locks.watch(key);
      await transact('readwrite', `delete ${JSON.stringify(key)}`, async (heads, kept) => {
        const head: Head | undefined = await waitForRequest(heads.get(key));
        if (condition !== undefined && head !== undefined) checkVersion(key, condition, head.version);
        check();
        heads.delete(key);
        kept.delete(getPieceRange(key));
      });
    },

    keys: () =>
      transact(
        'readonly',
        'list the keys',
        (heads) => waitForRequest(heads.getAllKeys()) as Promise<string[]>,
      ),

    ...(locking && { lock: async (key: string) => lock(locks, transact, name, checkKey(key)) }),
  };
}

/** Locks a key; the holder removes the remains of a kill. */
async function lock(locks: WebLocks, transact: Transact, name: string, key: string): Promise<StoreLock> {
  const quotedKey = JSON.stringify(key);
  const what = `${quotedKey} of the database ${JSON.stringify(name)}`;
  const held = await withDatabaseErrors(name, `lock ${quotedKey}`, () =>
    locks.acquire(key, `keepfit:indexeddb:${name}:${key}`, what),
  );
  try {
    await transact('readwrite', `clean up ${quotedKey}`, async (heads, kept) => {
      const head: Head | undefined = await waitForRequest(heads.get(key));
      if (head === undefined) return void kept.delete(getPieceRange(key));
      kept.delete(IDBKeyRange.bound([key], [key, head.version], false, true));
      kept.delete(IDBKeyRange.bound([key, head.version, []], [key, []]));
    });
    return held;
  } catch (error) {
    await held.release();
    throw error;
  }
}
