import { type CheckpointStore, decodeCheckpoint, exportCheckpoint, importCheckpoint, savedProgress } from '@keepfit/callbacks';
import type { FoundBackup } from '../messages.js';
import { BACKUP } from '../training/settings.js';
import { settingsOf } from '../training/settings-note.js';

/** What lies in the store. */
export async function findBackup(store: CheckpointStore): Promise<FoundBackup | undefined> {
  const found = await store.get(BACKUP);
  if (found === undefined) return undefined;
  const { header, training } = decodeCheckpoint(found.bytes);
  const { epoch, batch, step } = savedProgress(training);
  return { epoch, batch, step, bytes: found.bytes.length, savedAt: Date.parse(header.savedAt), settings: settingsOf(training) };
}

/** Under the lock, so that no other tab loses the backup of its training. */
export async function forgetBackup(store: CheckpointStore): Promise<void> {
  const lock = await store.lock?.(BACKUP);
  try {
    await store.delete(BACKUP);
  } finally {
    await lock?.release();
  }
}

/** The backup as a file that any keepfit can continue from. */
export async function checkpointFile(store: CheckpointStore): Promise<Blob> {
  const file = await exportCheckpoint(store, BACKUP);
  if (file === undefined) throw new Error('there is no backup to download any more');
  return file;
}

/** Puts a file in the place of the backup, after it was checked, and tells what it holds. */
export async function takeCheckpointFile(store: CheckpointStore, file: Blob): Promise<FoundBackup | undefined> {
  await importCheckpoint(store, BACKUP, file);
  return findBackup(store);
}
