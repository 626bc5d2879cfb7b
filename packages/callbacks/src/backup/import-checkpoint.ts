import { checkBackupName, SECOND } from './check-backup-name.js';
import { checkRoom } from './backup-keys.js';
import type { CheckpointContent, CheckpointStore } from '../contract/checkpoint-store.js';
import { decodeCheckpoint } from '../format/decode-checkpoint.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { formatValue } from '../checks/format-value.js';

const CHUNK = 4 * 2 ** 20;

/**
 * Puts a file that `exportCheckpoint` made, or one of `fsStore`, in the place of a backup: the next fit continues from it. Everything in
 * the file is checked before anything is replaced; that it fits the model, fit checks when it begins.
 *
 * ```ts
 * await importCheckpoint(indexedDBStore('digits'), 'backup', input.files[0]);
 * ```
 *
 * Where the store has locks, the backup must not be in use. Where two checkpoints were kept, both are replaced; should the store fail
 * between the two, it rejects, and either may be there: import again. The whole file is in memory.
 *
 * @param name That of the `BackupAndRestore`: 'backup' where it was given none.
 * @throws KEEPFIT_INVALID_OPTION for the name, KEEPFIT_INVALID_DATA for what is no file, KEEPFIT_CHECKPOINT_CORRUPT,
 *   KEEPFIT_CHECKPOINT_VERSION, KEEPFIT_STORE_FULL, KEEPFIT_STORE_LOCKED, and what the store throws.
 */
export async function importCheckpoint(store: CheckpointStore, name: string, file: Blob): Promise<void> {
  checkBackupName(name);
  if (typeof (file as Partial<Blob> | null)?.arrayBuffer !== 'function') {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `the file to import must be a File or another Blob, not ${formatValue(file)}`,
    );
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  decodeCheckpoint(bytes);
  checkRoom(store, bytes.length);
  const lock = await store.lock?.(name);
  try {
    await store.set(name, contentOf(bytes));
    // A newer one that stayed there would be used in its place.
    await store.delete(name + SECOND);
  } finally {
    await lock?.release();
  }
}

function contentOf(bytes: Uint8Array): CheckpointContent {
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
  }
  return { byteLength: bytes.length, chunks: chunks() };
}
