import { KeepfitError } from '@keepfit/callbacks/store';
import { createTempPath } from '../folder/file-names.js';
import type { Folder } from '../folder/folder.js';
import { createFile, discard, type TempFile } from '../folder/temp-file.js';
import { getErrorCode } from '../system/file-errors.js';
import type { FileSystem } from '../system/file-system.js';
import { writeAll } from '../system/write-all.js';
import { formatLockHolder, type LockHolder } from './lock-holder.js';

/** The codes of `link` if the file system has no hard links: FAT and exFAT, some network drives. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR']);

/**
 * Makes the lock file, complete from its first instant; false if there is one. The content is synced: a power cut must not leave an
 * empty file, which names no holder.
 */
export async function createLockFile(
  folder: Folder,
  key: string,
  path: string,
  holder: LockHolder,
): Promise<boolean> {
  const files = folder.fs.for({ action: 'lock' });
  const temp = await createFile(files, createTempPath(folder.path, key));
  try {
    await writeHolder(temp, holder);
    return await linkOrCreate(files, temp, path, holder);
  } finally {
    await discard(files, temp);
  }
}

async function linkOrCreate(
  files: FileSystem,
  temp: TempFile,
  path: string,
  holder: LockHolder,
): Promise<boolean> {
  try {
    await files.link(temp.path, path);
    return true;
  } catch (error) {
    // ENOENT: a new holder removed our temp file, or the folder is gone.
    if (['EEXIST', 'ENOENT'].includes(getErrorCode(error))) return false;
    if (!NO_LINKS.has(getErrorCode(error))) throw error;
  }
  return createDirectly(files, path, holder);
}

/** Works without links. Two trainers never get the lock here either, but a kill between the two steps leaves an empty file. */
async function createDirectly(files: FileSystem, path: string, holder: LockHolder): Promise<boolean> {
  let lock: TempFile;
  try {
    lock = await createFile(files, path);
  } catch (error) {
    if (getErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await writeHolder(lock, holder);
    return true;
  } catch (error) {
    await discard(files, lock);
    throw error;
  }
}

async function writeHolder({ path, handle }: TempFile, holder: LockHolder): Promise<void> {
  const bytes = new TextEncoder().encode(formatLockHolder(holder));
  await writeAll(handle, bytes, 0, (length, written) => {
    const message = `could not lock ${path}: a write of ${length} bytes wrote ${written}; give fsStore another folder`;
    return new KeepfitError('KEEPFIT_STORE_FAILED', message);
  });
  await handle.sync();
  await handle.close();
}
