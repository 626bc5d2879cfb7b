import {
  type CheckpointStore,
  exportCheckpoint,
  importCheckpoint,
  isKeepfitError,
  KeepfitError,
} from 'keepfit';
import { decodeCheckpoint, readProgress } from '@keepfit/callbacks/checkpoint';
import { memoryStore } from '@keepfit/store-memory';
import type { FoundBackup } from '../messages.js';
import { BACKUP, type StoreKind } from '../training/settings.js';
import { getSettings } from '../training/settings-note.js';
import { openStore } from './open-store.js';

/**
 * Finds the newest backup in these stores. A single missing store is an error; of several, missing ones are
 * skipped.
 */
export async function findBackup(stores: readonly StoreKind[]): Promise<FoundBackup | undefined> {
  const looks = await Promise.allSettled(stores.map(lookInto));
  const backups = looks.flatMap((look) =>
    look.status === 'fulfilled' && look.value !== undefined ? [look.value] : [],
  );
  const newest = backups.sort((one, other) => other.savedAt - one.savedAt)[0];
  if (newest !== undefined) return newest;
  const failed = looks.find(
    (look) => look.status === 'rejected' && (stores.length === 1 || !isMissing(look.reason)),
  );
  if (failed?.status === 'rejected') throw failed.reason;
  return undefined;
}

/** Whether a store is missing, as the origin private file system in some private windows. */
function isMissing(error: unknown): boolean {
  return isKeepfitError(error) && error.code === 'KEEPFIT_STORE_FAILED';
}

function lookInto(store: StoreKind): Promise<FoundBackup | undefined> {
  return describeStored(store, openStore(store));
}

async function describeStored(store: StoreKind, opened: CheckpointStore): Promise<FoundBackup | undefined> {
  const found = await opened.get(BACKUP);
  if (found === undefined) return undefined;
  const { header, training } = decodeCheckpoint(found.bytes);
  const { epoch, batch, step } = readProgress(training);
  return {
    store,
    epoch,
    batch,
    step,
    bytes: found.bytes.length,
    savedAt: Date.parse(header.savedAt),
    settings: getSettings(training),
  };
}

/** Deletes the backup under the lock, so that no other tab loses the backup of its training. */
export async function forgetBackup(store: CheckpointStore): Promise<void> {
  const lock = await store.lock?.(BACKUP);
  try {
    await store.delete(BACKUP);
  } finally {
    await lock?.release();
  }
}

/** Reads the backup as a file that any keepfit can continue from. */
export async function readCheckpointFile(store: CheckpointStore): Promise<Blob> {
  const file = await exportCheckpoint(store, BACKUP);
  if (file === undefined) throw new Error('there is no backup to download any more');
  return file;
}

/**
 * Checks a file, puts it in the place of the backup, and returns its description. A file that this page cannot
 * continue from replaces nothing.
 */
export async function takeCheckpointFile(store: StoreKind, file: File): Promise<FoundBackup | undefined> {
  try {
    const trial = memoryStore();
    await importCheckpoint(trial, BACKUP, file);
    if ((await describeStored(store, trial))?.settings === undefined)
      throw new Error('this is the checkpoint of another program: this page did not save it');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = isKeepfitError(error) ? error.code : 'KEEPFIT_CHECKPOINT_MISMATCH';
    const reason = message.replace(`${code}: `, '');
    throw new KeepfitError(code, `"${file.name}" was not taken: ${reason}. Nothing was replaced`, {
      cause: error,
    });
  }
  await importCheckpoint(openStore(store), BACKUP, file);
  return lookInto(store);
}
