import { KeepfitError, type SetCondition } from '@keepfit/callbacks/store';
import { answer } from './database.js';
import type { Head } from './head.js';
import type { PieceWriter } from './piece-writers.js';
import { piecesOf } from './pieces-of.js';

/**
 * Writes the last pieces and puts all of them in the place of the old ones, within one transaction.
 *
 * @throws KEEPFIT_STORE_CONFLICT where another version is there than the condition says, or another trainer has removed the pieces.
 */
export async function commit(
  heads: IDBObjectStore,
  pieces: IDBObjectStore,
  key: string,
  head: Head,
  writer: PieceWriter,
  condition?: SetCondition,
): Promise<void> {
  const old: Head | undefined = await answer(heads.get(key));
  const [expected, found] = [condition?.replaces, old?.version ?? null];
  if (expected !== undefined && expected !== found)
    throw conflict(key, `is at version ${found}, not ${expected}`);
  const written = await answer(pieces.count(piecesOf(key, head.version)));
  if (written + writer.left !== head.pieces) throw conflict(key, 'was deleted while it was written');
  writer.putLeft(pieces);
  heads.put(head, key);
  if (old !== undefined) pieces.delete(piecesOf(key, old.version));
}

function conflict(key: string, what: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_CONFLICT',
    `${JSON.stringify(key)} ${what}: another writer came first; give each training its own name`,
  );
}
