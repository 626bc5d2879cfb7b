import { attempt } from '../system/with-file-errors.js';
import { codeOf } from '../system/code-of.js';
import type { Folder } from '../folder.js';
import type { LockHolder } from './lock-holder.js';
import { createFile, discard, openTempFile, type TempFile } from '../write/temp-file.js';
import { writeAll } from '../write/write-all.js';

/** What `link` says where there are no hard links: FAT and exFAT, some network drives. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR']);

/**
 * Makes the lock file, complete from its first instant; false where there is one. The content is synced, so that a power cut leaves
 * no empty file, whose holder nobody could tell.
 */
export async function createLockFile(
  folder: Folder,
  key: string,
  path: string,
  holder: LockHolder,
): Promise<boolean> {
  const temp = await openTempFile(folder, key);
  try {
    await writeHolder(temp, holder);
    return await linkOrCreate(folder, temp, path, holder);
  } finally {
    await discard(folder, temp);
  }
}

async function linkOrCreate(
  folder: Folder,
  temp: TempFile,
  path: string,
  holder: LockHolder,
): Promise<boolean> {
  try {
    await folder.fs.link(temp.path, path);
    return true;
  } catch (error) {
    // ENOENT: a new holder cleaned up our temp file, or the folder went.
    if (['EEXIST', 'ENOENT'].includes(codeOf(error))) return false;
    if (!NO_LINKS.has(codeOf(error))) return attempt('lock', path, () => Promise.reject(error));
  }
  return createHeld(folder, path, holder);
}

/** Without links: no two get the lock here either, but a process killed between the two steps leaves an empty file. */
async function createHeld(folder: Folder, path: string, holder: LockHolder): Promise<boolean> {
  let lock: TempFile;
  try {
    lock = await createFile(folder, path);
  } catch (error) {
    if (codeOf((error as Error).cause) === 'EEXIST') return false;
    throw error;
  }
  try {
    await writeHolder(lock, holder);
    return true;
  } catch (error) {
    await discard(folder, lock);
    throw error;
  }
}

async function writeHolder(file: TempFile, holder: LockHolder): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify(holder)}\n`);
  await attempt('lock', file.path, async () => {
    await writeAll(file, bytes, 0);
    await file.handle.sync();
    await file.handle.close();
  });
}
