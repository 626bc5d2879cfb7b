import { KeepfitError } from '@keepfit/callbacks/store';
import { createTempPath } from '../folder/file-names.js';
import type { Folder } from '../folder/folder.js';
import { closeFile, createFile, discard, type TempFile } from '../folder/temp-file.js';
import { getErrorCode } from '../system/file-errors.js';
import type { FileSystem } from '../system/file-system.js';
import { writeAll } from '../system/write-all.js';
import { formatLockHolder, type LockHolder } from './lock-holder.js';

/** The codes of `link` if the file system has no hard links: FAT and exFAT, some network drives. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR']);

/**
 * Makes a lock file, complete from its first instant. `taken`: there is one. `no links`: this file system
 * cannot do it. The content is synced: a power cut must not leave an empty file, which names no holder.
 */
export async function createLockFile(
  folder: Folder,
  key: string,
  path: string,
  holder: LockHolder,
): Promise<'created' | 'taken' | 'no links'> {
  const files = folder.fs.for({ action: 'lock' });
  const temp = await writeTempFile(files, createTempPath(folder.path, key), holder);
  try {
    await files.link(temp.path, path);
    return 'created';
  } catch (error) {
    // ENOENT: a new holder removed our temp file, or the folder is gone.
    if (['EEXIST', 'ENOENT'].includes(getErrorCode(error))) return 'taken';
    if (NO_LINKS.has(getErrorCode(error))) return 'no links';
    throw error;
  } finally {
    await discard(files, temp);
  }
}

/** Writes a file that names the holder, syncs and closes it. If that fails, no file stays. */
export async function writeTempFile(files: FileSystem, path: string, holder: LockHolder): Promise<TempFile> {
  const temp = await createFile(files, path);
  try {
    const bytes = new TextEncoder().encode(formatLockHolder(holder));
    await writeAll(temp.handle, bytes, 0, (length, written) => {
      const message = `could not lock ${path}: a write of ${length} bytes wrote ${written}; give fsStore another folder`;
      return new KeepfitError('KEEPFIT_STORE_FAILED', message);
    });
    await temp.handle.sync();
    await closeFile(temp);
    return temp;
  } catch (error) {
    await discard(files, temp);
    throw error;
  }
}
