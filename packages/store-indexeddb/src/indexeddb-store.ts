import { formatValue } from '@keepfit/callbacks/internal';
import {
  checkKey,
  type CheckpointStore,
  KeepfitError,
  type StoreLock,
  acquireWebLock,
} from '@keepfit/callbacks/store';
import { attempt } from './attempt.js';
import { commit } from './commit.js';
import { answer, database, type Transact } from './database.js';
import type { Head } from './head.js';
import { pieceWriters } from './piece-writers.js';
import { piecesOf } from './pieces-of.js';
import { readPieces } from './read-pieces.js';
import { writePieces } from './write-pieces.js';

/**
 * Keeps checkpoints in an IndexedDB database, in a page or a worker of a browser.
 *
 * A checkpoint is written in pieces, as Blobs where the browser can keep these (else as bytes), with strict durability, and put in
 * place by one last transaction that also compares the version: whole old or whole new bytes after a crash at any instant. The page is
 * never blocked for long, and 18 MiB are in memory at most. Room for two checkpoints is needed. A Web Lock keeps a second trainer
 * out, in whatever tab, where the page is a secure context (https, or localhost); elsewhere there are no locks.
 *
 * Nothing is opened before it is needed. Where there is no IndexedDB, as in Node, every call rejects with KEEPFIT_STORE_FAILED.
 *
 * @param name The name of the database, of this store alone: any string but the empty one.
 * @throws KEEPFIT_INVALID_OPTION; what it returns rejects with KEEPFIT_STORE_FAILED, _FULL, _LOCKED and _CONFLICT.
 */
export function indexedDBStore(name: string): CheckpointStore {
  if (typeof name !== 'string' || name === '') {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `name of indexedDBStore must be the name of a database, not ${formatValue(name)}`,
    );
  }
  const transact = database(name);
  const newWriter = pieceWriters(transact);
  const locking = typeof navigator !== 'undefined' && navigator.locks !== undefined;

  return {
    supports: { durable: true, fencing: true, locking },

    get: async (key) => readPieces(transact, name, checkKey(key)),

    async set(key, content, condition) {
      checkKey(key);
      const version = crypto.getRandomValues(new Uint32Array(4)).join('-');
      const action = `store the ${content.byteLength} bytes of ${JSON.stringify(key)}`;
      try {
        const writer = newWriter(action);
        const pieces = await writePieces(content, (piece, index) => writer.add([key, version, index], piece));
        const head = { version, pieces, byteLength: content.byteLength };
        await transact('readwrite', action, (heads, kept) =>
          commit(heads, kept, key, head, writer, condition),
        );
      } catch (error) {
        await transact('readwrite', action, (_, kept) => void kept.delete(piecesOf(key, version))).catch(
          () => undefined,
        );
        throw error;
      }
      return version;
    },

    async delete(key) {
      checkKey(key);
      await transact('readwrite', `delete ${JSON.stringify(key)}`, (heads, kept) => {
        heads.delete(key);
        kept.delete(piecesOf(key));
      });
    },

    keys: () =>
      transact('readonly', 'list the keys', (heads) => answer(heads.getAllKeys()) as Promise<string[]>),

    ...(locking && { lock: async (key: string) => lock(transact, name, checkKey(key)) }),
  };
}

/** The holder of a lock removes what a kill has left behind. */
async function lock(transact: Transact, name: string, key: string): Promise<StoreLock> {
  const shownKey = JSON.stringify(key);
  const what = `${shownKey} of the database ${JSON.stringify(name)}`;
  const held = await attempt(name, `lock ${shownKey}`, () =>
    acquireWebLock(`keepfit:indexeddb:${name}:${key}`, what),
  );
  try {
    await transact('readwrite', `clear up for ${shownKey}`, async (heads, kept) => {
      const head: Head | undefined = await answer(heads.get(key));
      if (head === undefined) return void kept.delete(piecesOf(key));
      kept.delete(IDBKeyRange.bound([key], [key, head.version], false, true));
      kept.delete(IDBKeyRange.bound([key, head.version, []], [key, []]));
    });
    return held;
  } catch (error) {
    await held.release();
    throw error;
  }
}
