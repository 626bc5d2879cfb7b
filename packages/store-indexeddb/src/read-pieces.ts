import type { StoredCheckpoint } from '@keepfit/callbacks/store';
import { attempt } from './attempt.js';
import { answer, type Transact } from './database.js';
import type { Head } from './head.js';

/** The checkpoint under a key, or undefined where there is none. One buffer of its size, and one piece more, are in memory. */
export async function readPieces(
  transact: Transact,
  name: string,
  key: string,
): Promise<StoredCheckpoint | undefined> {
  const action = `read ${JSON.stringify(key)}`;
  const found = await transact('readonly', action, async (heads, pieces) => {
    const head: Head | undefined = await answer(heads.get(key));
    if (head === undefined) return undefined;
    const bytes = new Uint8Array(head.byteLength);
    const blobs: [at: number, blob: Blob][] = [];
    let at = 0;
    for (let index = 0; index < head.pieces; index++) {
      const piece: Blob | Uint8Array = await answer(pieces.get([key, head.version, index]));
      if (piece instanceof Blob) blobs.push([at, piece]);
      else bytes.set(piece, at);
      at += piece instanceof Blob ? piece.size : piece.length;
    }
    return { bytes, version: head.version, blobs };
  });
  if (found === undefined) return undefined;
  const { bytes, version, blobs } = found;
  // A Blob is read outside the transaction, which would not wait for it.
  await attempt(name, action, async () => {
    for (const [at, blob] of blobs) bytes.set(new Uint8Array(await blob.arrayBuffer()), at);
  });
  return { bytes, version };
}
