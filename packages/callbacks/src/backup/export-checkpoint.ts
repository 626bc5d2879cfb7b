import { checkBackupName } from './check-backup-name.js';
import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { readCheckpoints } from '../stored/read-checkpoints.js';
import { StoreWait } from '../storage/store-wait.js';

/**
 * Returns the checkpoint of a backup as a file, to download or to keep elsewhere; undefined if there is none.
 * Of two, it returns the newest. `importCheckpoint` reads it, with any store and on any platform; so do
 * safetensors libraries.
 *
 * ```ts
 * const file = await exportCheckpoint(indexedDBStore('digits'), 'backup');
 * if (file !== undefined) link.href = URL.createObjectURL(file);
 * ```
 *
 * Reads and checks the whole checkpoint: two copies are in memory for a while. Does not disturb a running
 * training. Rejects with the store's error if the store fails.
 *
 * @param name The name of the `BackupAndRestore`: 'backup' if it was given none.
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when no checkpoint passes every check.
 * @throws KEEPFIT_CHECKPOINT_VERSION when a newer keepfit wrote it.
 */
export async function exportCheckpoint(store: CheckpointStore, name: string): Promise<Blob | undefined> {
  checkBackupName(name);
  const wait = new StoreWait(store);
  const { newest, damaged } = await wait.during(readCheckpoints(wait.store, name));
  if (newest === undefined && damaged[0] !== undefined) throw damaged[0].error;
  return newest && new Blob([newest.bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' });
}
