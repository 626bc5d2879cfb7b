import { type CheckpointContent, KeepfitError, type StoreCondition } from '@keepfit/callbacks/store';
import { waitForRequest, type Head, getPieceRange, type Transact } from './database.js';

/** A page clones this many bytes in a few milliseconds at most. */
const PIECE = 2 ** 21;

/**
 * Cuts chunks of any size into pieces of 2 MiB, the last one shorter, and passes each to `write` before it
 * fills the next. Resolves to their number. `write` must copy what it keeps because the memory is reused.
 * Errors of the chunks and of `write` pass unchanged.
 *
 * @throws KEEPFIT_STORE_FAILED when the chunks do not add up.
 */
export async function writePieces(
  { byteLength, chunks }: CheckpointContent,
  write: (piece: Uint8Array<ArrayBuffer>, index: number) => Promise<void>,
): Promise<number> {
  const buffer = new Uint8Array(Math.min(PIECE, byteLength));
  let [length, filled, pieces] = [0, 0, 0];
  for await (const chunk of chunks) {
    length += chunk.byteLength;
    if (length > byteLength) break;
    for (let from = 0; from < chunk.byteLength;) {
      // Read the bytes of the view, whatever its type.
      const part = new Uint8Array(
        chunk.buffer,
        chunk.byteOffset + from,
        Math.min(chunk.byteLength - from, buffer.length - filled),
      );
      buffer.set(part, filled);
      [from, filled] = [from + part.length, filled + part.length];
      if (filled < buffer.length) continue;
      await write(buffer, pieces++);
      filled = 0;
    }
  }
  if (length !== byteLength) {
    throw new KeepfitError(
      'KEEPFIT_STORE_FAILED',
      `the chunks must have ${byteLength} bytes, not ${length}; the old checkpoint stays`,
    );
  }
  if (filled > 0) await write(buffer.subarray(0, filled), pieces++);
  return pieces;
}

/**
 * Pieces per transaction: each ends with a flush to the disk, which takes longer than the writing. Meanwhile the
 * next pieces are made.
 */
const GROUP = 8;

/** The key of a piece: key, version, index. */
type Place = (string | number)[];

/** Writes the pieces of one checkpoint. */
export interface PieceWriter {
  /**
   * Takes a piece and may write it later. The caller may reuse the memory when this resolves. Rejects if an
   * earlier piece could not be written.
   */
  add(place: Place, piece: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The number of pieces that wait for a transaction. */
  readonly left: number;
  /** Resolves when all other pieces are written; rejects if one could not be. */
  waitUntilWritten(): Promise<void>;
  /** Writes the remaining pieces in a transaction of the caller. */
  putLeft(pieces: IDBObjectStore): void;
}

/**
 * Writes pieces as Blobs, which do not cost the page the time to copy them through the database, several in
 * one transaction. Writes bytes if the browser cannot keep Blobs: WebKit in a private window refuses them.
 * The very first piece tells.
 */
export function createPieceWriters(transact: Transact): (action: string) => PieceWriter {
  let keepsBlobs: boolean | undefined;

  return (action) => {
    let waiting: [place: Place, blob: Blob][] = [];
    /** The transaction that writes the pieces before them. */
    let running: Promise<void> = Promise.resolve();
    /** Returns the function that writes the pieces which wait now. */
    const takeWaiting = (): ((pieces: IDBObjectStore) => void) => {
      const taken = waiting;
      waiting = [];
      return (pieces) => {
        for (const [place, blob] of taken) pieces.put(blob, place);
      };
    };
    const putNow = (place: Place, value: Blob | Uint8Array): Promise<void> =>
      transact('readwrite', action, (_, pieces) => void pieces.put(value, place));

    /** Writes a first piece as a Blob; resolves to whether it can be read back. */
    async function tryBlob(place: Place, piece: Uint8Array<ArrayBuffer>): Promise<boolean> {
      try {
        await putNow(place, new Blob([piece]));
        return await canBeRead(transact, place, piece.length);
      } catch (error) {
        if ((error as { code?: unknown }).code === 'KEEPFIT_STORE_FULL') throw error;
        return false;
      }
    }

    return {
      async add(place, piece) {
        if (keepsBlobs === true) {
          waiting.push([place, new Blob([piece])]);
          if (waiting.length < GROUP) return;
          await running;
          const put = takeWaiting();
          running = transact('readwrite', action, (_, pieces) => put(pieces));
          // Whoever waits for it next gets the error.
          running.catch(() => undefined);
          return;
        }
        if (keepsBlobs === undefined) {
          keepsBlobs = await tryBlob(place, piece);
          if (keepsBlobs) return;
        }
        await putNow(place, piece.slice());
      },
      get left() {
        return waiting.length;
      },
      waitUntilWritten: () => running,
      putLeft: (pieces) => takeWaiting()(pieces),
    };
  };
}

async function canBeRead(transact: Transact, place: Place, length: number): Promise<boolean> {
  const found = await transact('readonly', 'read a Blob back', (_, pieces) =>
    waitForRequest(pieces.get(place)),
  );
  return (await (found as Blob).arrayBuffer()).byteLength === length;
}

/**
 * Writes the last pieces and replaces the old ones by all of them, in one transaction.
 *
 * @param check Throws if the lock of the key is lost.
 * @throws KEEPFIT_STORE_CONFLICT when the stored version differs from the condition, or another trainer has
 *   removed the pieces.
 */
export async function commitPieces(
  heads: IDBObjectStore,
  pieces: IDBObjectStore,
  key: string,
  head: Head,
  writer: PieceWriter,
  check: () => void,
  condition?: StoreCondition,
): Promise<void> {
  const expected = head.pieces - writer.left;
  const answers = Promise.all([
    waitForRequest<Head | undefined>(heads.get(key)),
    waitForRequest(pieces.count(getPieceRange(key, head.version))),
  ]);
  answers.catch(() => undefined);
  // Before the answers, which take a while: an error undoes it.
  writer.putLeft(pieces);
  const [old, written] = await answers;
  if (condition !== undefined) checkVersion(key, condition, old?.version ?? null);
  if (written !== expected) throw createConflictError(key, 'was deleted during the write');
  check();
  heads.put(head, key);
  if (old !== undefined) pieces.delete(getPieceRange(key, old.version));
}

/** @throws KEEPFIT_STORE_CONFLICT when another version is stored than the condition says. */
export function checkVersion(key: string, { replaces }: StoreCondition, found: string | null): void {
  if (replaces !== found) throw createConflictError(key, `is at version ${found}, not ${replaces}`);
}

function createConflictError(key: string, what: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `${JSON.stringify(key)} ${what}: another writer came first; give each training its own name`,
  );
}
