import { getCheckpointPath } from '../folder/file-names.js';
import type { WriteFolder } from '../folder/folder.js';
import { syncFolder } from '../folder/sync-folder.js';
import { hasVersion } from './check-condition.js';
import { createDurabilityError } from './write-errors.js';

/** Makes the rename of a checkpoint durable. */
export async function syncRenamed(folder: WriteFolder, path: string): Promise<void> {
  try {
    await syncFolder(folder, folder.path);
  } catch (error) {
    throw createDurabilityError(path, (error as Error).cause);
  }
}

/**
 * Finishes a write whose thread has ended. If the checkpoint was already in place, it resolves to the version.
 * Otherwise it resolves to undefined, and leaves no temp file.
 *
 * @param version The version that the thread was about to put in place; empty if it was not as far.
 */
export async function recoverWrite(
  folder: WriteFolder,
  key: string,
  temp: string,
  version: string,
): Promise<string | undefined> {
  if (version === '' || !(await hasVersion(folder, key, version))) {
    await folder.fs.unlink(temp).catch(() => undefined);
    return undefined;
  }
  await syncRenamed(folder, getCheckpointPath(folder.path, key));
  return version;
}
