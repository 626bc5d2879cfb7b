import { answer, type Transact } from './database.js';

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
export function pieceWriters(transact: Transact): (action: string) => PieceWriter {
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
  const found = await transact('readonly', 'read a Blob back', (_, pieces) => answer(pieces.get(place)));
  return (await (found as Blob).arrayBuffer()).byteLength === length;
}
