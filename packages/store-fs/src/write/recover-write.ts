import { getCheckpointPath } from '../folder/file-names.js';
import type { WriteFolder } from '../folder/folder.js';
import { syncFolder } from '../folder/sync-folder.js';
import { undefinedIfMissing } from '../system/file-errors.js';
import type { FileStats } from '../system/file-system.js';
import { createDurabilityError } from './write-errors.js';

/** The version of a checkpoint: its file, and when it was last written, and at which length. */
export function getVersion({ dev, ino, mtimeNs, size }: FileStats): string {
  return `${dev}:${ino}:${mtimeNs}:${size}`;
}

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
  if (version === '' || !(await isInPlace(folder, key, version))) {
    await folder.fs.unlink(temp).catch(() => undefined);
    return undefined;
  }
  await syncRenamed(folder, getCheckpointPath(folder.path, key));
  return version;
}

async function isInPlace(folder: WriteFolder, key: string, version: string): Promise<boolean> {
  const path = getCheckpointPath(folder.path, key);
  const stats = await undefinedIfMissing(() => folder.fs.lstat(path, { bigint: true }));
  if (stats === undefined || getVersion(stats) !== version) return false;
  if (stats.mtimeNs > folder.newestTime) folder.newestTime = stats.mtimeNs;
  return true;
}
