import { type CheckpointContent, KeepfitError, type SetCondition } from '@keepfit/callbacks/store';
import { waitForRequest, type Head, getPieceRange, type Transact } from './database.js';

/** Cloning this much takes a page a few milliseconds at most. */
const PIECE = 2 ** 21;

/**
 * Cuts chunks of any size into pieces of 2 MiB, the last one shorter, and has each taken before the next is filled. Resolves to their
 * number. `write` may keep nothing of what it is given, for the memory is used again.
 *
 * @throws KEEPFIT_STORE_FAILED where the chunks do not add up, and what they and `write` throw.
 */
export async function writePieces(
  { byteLength, chunks }: CheckpointContent,
  write: (piece: Uint8Array<ArrayBuffer>, index: number) => Promise<void>,
): Promise<number> {
  const buffer = new Uint8Array(Math.min(PIECE, byteLength));
  let [came, filled, pieces] = [0, 0, 0];
  for await (const chunk of chunks) {
    came += chunk.byteLength;
    if (came > byteLength) break;
    for (let from = 0; from < chunk.byteLength;) {
      // Whatever view it is, its bytes are meant.
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
  if (came !== byteLength) {
    throw new KeepfitError(
      'KEEPFIT_STORE_FAILED',
      `the chunks must come to ${byteLength} bytes, not ${came}; the old checkpoint stays`,
    );
  }
  if (filled > 0) await write(buffer.subarray(0, filled), pieces++);
  return pieces;
}

/** How many pieces are put by one transaction: each ends with a flush to the disk, which takes longer than the writing. */
const GROUP = 8;

/** Where a piece is kept: key, version, index. */
type Place = (string | number)[];

/** Writes the pieces of one checkpoint. */
export interface PieceWriter {
  /** Takes a piece, whose memory is the caller's again when this resolves. It may be written later. */
  add(place: Place, piece: Uint8Array<ArrayBuffer>): Promise<void>;
  /** How many pieces are not written yet. */
  readonly left: number;
  /** Puts those by a transaction of the caller's. */
  putLeft(pieces: IDBObjectStore): void;
}

/**
 * Writes pieces as Blobs, which are not copied through the database on the page's time, some at once; or as bytes where this browser
 * cannot keep Blobs: WebKit in a private window refuses them. The first piece of all shows which.
 */
export function createPieceWriters(transact: Transact): (action: string) => PieceWriter {
  let keepsBlobs: boolean | undefined;

  return (action) => {
    let waiting: [place: Place, blob: Blob][] = [];
    const putLeft = (pieces: IDBObjectStore): void => {
      for (const [place, blob] of waiting) pieces.put(blob, place);
      waiting = [];
    };
    const putNow = (place: Place, value: Blob | Uint8Array): Promise<void> =>
      transact('readwrite', action, (_, pieces) => void pieces.put(value, place));

    /** Whether a first piece is written and can be read as a Blob. */
    async function tried(place: Place, piece: Uint8Array<ArrayBuffer>): Promise<boolean> {
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
          if (waiting.length === GROUP) await transact('readwrite', action, (_, pieces) => putLeft(pieces));
          return;
        }
        if (keepsBlobs === undefined) {
          keepsBlobs = await tried(place, piece);
          if (keepsBlobs) return;
        }
        await putNow(place, piece.slice());
      },
      get left() {
        return waiting.length;
      },
      putLeft,
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
 * Writes the last pieces and puts all of them in the place of the old ones, within one transaction.
 *
 * @throws KEEPFIT_STORE_CONFLICT where another version is there than the condition says, or another trainer has removed the pieces.
 */
export async function commitPieces(
  heads: IDBObjectStore,
  pieces: IDBObjectStore,
  key: string,
  head: Head,
  writer: PieceWriter,
  condition?: SetCondition,
): Promise<void> {
  const old: Head | undefined = await waitForRequest(heads.get(key));
  const [expected, found] = [condition?.replaces, old?.version ?? null];
  if (expected !== undefined && expected !== found)
    throw createConflictError(key, `is at version ${found}, not ${expected}`);
  const written = await waitForRequest(pieces.count(getPieceRange(key, head.version)));
  if (written + writer.left !== head.pieces)
    throw createConflictError(key, 'was deleted while it was written');
  writer.putLeft(pieces);
  heads.put(head, key);
  if (old !== undefined) pieces.delete(getPieceRange(key, old.version));
}

function createConflictError(key: string, what: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `${JSON.stringify(key)} ${what}: another writer came first; give each training its own name`,
  );
}
