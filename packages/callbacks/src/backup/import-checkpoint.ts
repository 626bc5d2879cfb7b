import { checkBackupName } from './check-backup-name.js';
import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { createContent } from '../format/create-content.js';
import { decodeCheckpoint } from '../format/decode-checkpoint.js';
import { readProgress } from '../format/read-progress.js';
import { FILE_START, getHeaderLength, readSafetensorsHeader } from '../format/read-safetensors.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { formatValue } from '../checks/format-value.js';
import { checkRoom } from '../storage/check-room.js';
import { StoreWait } from '../storage/store-wait.js';
import { SECOND_SUFFIX } from '../stored/read-checkpoints.js';

/**
 * Replaces a backup by a file that `exportCheckpoint` or `fsStore` created: the next fit continues from it.
 * Checks the whole file before it replaces anything; fit checks whether the file fits the model.
 *
 * ```ts
 * await importCheckpoint(indexedDBStore('digits'), 'backup', input.files[0]);
 * ```
 *
 * If the store has locks, the backup must not be in use. If two checkpoints were kept, both are replaced. If
 * the store fails between the two, the promise rejects, and either may be in place: import again. The whole
 * file is in memory. Rejects with the store's error if the store fails.
 *
 * @param name The name of the `BackupAndRestore`: 'backup' if it was given none.
 * @throws KEEPFIT_INVALID_OPTION when the name is not valid.
 * @throws KEEPFIT_INVALID_DATA when `file` is not a Blob.
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when the file does not pass every check, or holds no training.
 * @throws KEEPFIT_CHECKPOINT_WEIGHTS_ONLY when it holds weights alone.
 * @throws KEEPFIT_CHECKPOINT_VERSION when a newer keepfit wrote the file.
 * @throws KEEPFIT_STORE_FULL when the store cannot take the file.
 * @throws KEEPFIT_STORE_LOCKED when a training uses the backup.
 */
export async function importCheckpoint(store: CheckpointStore, name: string, file: Blob): Promise<void> {
  checkBackupName(name);
  if (typeof (file as Partial<Blob> | null)?.arrayBuffer !== 'function') {
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `the file to import must be a File or another Blob, not ${formatValue(file)}`,
    );
  }
  const bytes = await readTraining(file);
  checkRoom(store, bytes.length);
  const wait = new StoreWait(store);
  const lock = await wait.during(Promise.resolve(wait.store.lock?.(name)));
  try {
    await wait.during(wait.store.set(name, createContent(bytes)));
    // Otherwise a newer second checkpoint would be used instead.
    await wait.during(wait.store.delete(name + SECOND_SUFFIX));
  } finally {
    if (lock !== undefined) await wait.duringRelease(lock.release());
  }
}

/** Reads the whole file once its first bytes show that it may be a checkpoint: somebody may choose a video. */
async function readTraining(file: Blob): Promise<Uint8Array> {
  const start = new Uint8Array(await file.slice(0, FILE_START).arrayBuffer());
  const headerLength = getHeaderLength(start, file.size);
  const header = new Uint8Array(await file.slice(0, headerLength).arrayBuffer());
  readSafetensorsHeader(header, file.size);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { training } = decodeCheckpoint(bytes);
  readProgress(training);
  return bytes;
}
