import { checkBackupName, SECOND } from './check-backup-name.js';
import type { CheckpointStore } from '../contract/checkpoint-store.js';
import { decodeCheckpoint } from '../format/decode-checkpoint.js';

/**
 * The checkpoint of a backup as a file, to be downloaded or kept elsewhere; undefined where there is none. Of two, the newest.
 * `importCheckpoint` takes it back, in any store and on any platform; safetensors libraries read it too.
 *
 * ```ts
 * const file = await exportCheckpoint(indexedDBStore('digits'), 'backup');
 * if (file !== undefined) link.href = URL.createObjectURL(file);
 * ```
 *
 * Reads and checks the whole checkpoint: two copies are in memory for a while. A training that runs is not disturbed.
 *
 * @param name That of the `BackupAndRestore`: 'backup' where it was given none.
 * @throws KEEPFIT_CHECKPOINT_CORRUPT, KEEPFIT_CHECKPOINT_VERSION where none passes every check, and what the store throws.
 */
export async function exportCheckpoint(store: CheckpointStore, name: string): Promise<Blob | undefined> {
  checkBackupName(name);
  let newest: { bytes: Uint8Array; generation: number } | undefined;
  let failure: unknown;
  for (const key of [name, name + SECOND]) {
    const bytes = (await store.get(key))?.bytes;
    if (bytes === undefined) continue;
    try {
      const { generation } = decodeCheckpoint(bytes).header;
      if (newest === undefined || generation > newest.generation) newest = { bytes, generation };
    } catch (error) {
      failure ??= error;
    }
  }
  if (newest === undefined && failure !== undefined) throw failure;
  return newest && new Blob([newest.bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' });
}
