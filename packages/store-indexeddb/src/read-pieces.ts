import type { StoredCheckpoint } from '@keepfit/callbacks/store';
import { waitForRequest, withDatabaseErrors, type Head, type Transact } from './database.js';

/**
 * Reads the checkpoint under a key; undefined if there is none. One buffer of its size, and one more piece,
 * are in memory.
 */
export async function readPieces(
  transact: Transact,
  name: string,
  key: string,
): Promise<StoredCheckpoint | undefined> {
  const action = `read ${JSON.stringify(key)}`;
  for (;;) {
    const found = await transact('readonly', action, (heads, pieces) => findPieces(heads, pieces, key));
    if (found === undefined) return undefined;
    const { bytes, version, blobs } = found;
    try {
      // A Blob is read outside the transaction, which would not wait for it.
      await withDatabaseErrors(
        name,
        action,
        async () => {
          for (const [at, blob] of blobs) bytes.set(new Uint8Array(await blob.arrayBuffer()), at);
        },
        () => 'the browser cannot read a part of it from the disk',
      );
      return { bytes, version };
    } catch (error) {
      // WebKit loses the bytes of a Blob that has been replaced or deleted since it was found.
      const now = await transact('readonly', action, (heads) => findHead(heads, key));
      if (now?.version === version) throw error;
    }
  }
}

/** What the database holds under a key; `blobs` are not in `bytes` yet. */
async function findPieces(heads: IDBObjectStore, pieces: IDBObjectStore, key: string) {
  const head = await findHead(heads, key);
  if (head === undefined) return undefined;
  const bytes = new Uint8Array(head.byteLength);
  const blobs: [at: number, blob: Blob][] = [];
  let at = 0;
  for (let index = 0; index < head.pieces; index++) {
    const piece: Blob | Uint8Array = await waitForRequest(pieces.get([key, head.version, index]));
    if (piece instanceof Blob) blobs.push([at, piece]);
    else bytes.set(piece, at);
    at += piece instanceof Blob ? piece.size : piece.length;
  }
  return { bytes, version: head.version, blobs };
}

function findHead(heads: IDBObjectStore, key: string): Promise<Head | undefined> {
  return waitForRequest(heads.get(key));
}
