import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { KeepfitError, type StoreLock } from '@keepfit/callbacks/store';
import { createTempPath, getLockPath, isTempName } from '../folder/file-names.js';
import type { Folder } from '../folder/folder.js';
import { prepareFolder } from '../folder/prepare-folder.js';
import { getErrorCode, undefinedIfMissing } from '../system/file-errors.js';
import { readFile } from '../system/read-file.js';
import { createLockFile } from './create-lock-file.js';
import { createLockError } from './lock-error.js';
import { isGone, type LockHolder, parseLockHolder } from './lock-holder.js';

const LARGEST_LOCK = 65_536;
const ATTEMPTS = 20;

/**
 * Acquires the lock of a key, a file that names its holder, or rejects with KEEPFIT_STORE_LOCKED. It takes the lock over only from a
 * holder that is certainly gone. It removes temp files that writers of this key left behind.
 *
 * Files alone cannot fully separate two trainers that find the same dead holder at the same instant; the conditions of `set` guard
 * against the rest.
 */
export async function acquireLock(folder: Folder, key: string): Promise<StoreLock> {
  await prepareFolder(folder);
  const path = getLockPath(folder.path, key);
  const self = await folder.host.identify();
  const mine: LockHolder = { ...self, uuid: randomUUID(), since: new Date().toISOString() };

  for (let tries = 0; tries < ATTEMPTS; tries++) {
    const isCreated = await createLockFile(folder, key, path, mine);
    const found = isCreated ? undefined : await readLock(folder, path);
    if (isCreated || found?.holder?.uuid === mine.uuid) {
      await removeTempFiles(folder, key);
      return { release: () => releaseLock(folder, path, mine) };
    }
    // If the file is not there any more, its holder released the lock in between.
    if (found === undefined) continue;
    const { holder } = found;
    if (holder === undefined || !(await isGone(holder, self, folder.host)))
      throw createLockError(path, holder, self);
    await removeDeadLock(folder, key, path, holder);
  }
  throw new KeepfitError(
    'KEEPFIT_STORE_LOCKED',
    `${path} keeps changing hands; let fewer trainers start on one checkpoint at once`,
  );
}

async function readLock(
  { fs }: Folder,
  path: string,
): Promise<{ holder: LockHolder | undefined } | undefined> {
  const found = await readFile(fs, path, LARGEST_LOCK);
  return found && { holder: parseLockHolder(found.bytes) };
}

/**
 * Moves the lock away and checks the moved file. If another trainer took the lock over in between, the file is put back. Of two trainers
 * only one can move the file, so the move decides who wins.
 */
async function removeDeadLock(folder: Folder, key: string, path: string, dead: LockHolder): Promise<void> {
  const { fs } = folder;
  const aside = createTempPath(folder.path, key);
  const isMoved = await undefinedIfMissing(async () => {
    await fs.for({ action: 'take over', path }).rename(path, aside);
    return true;
  });
  if (!isMoved) return;
  const moved = await readLock(folder, aside);
  if (moved !== undefined && moved.holder?.uuid !== dead.uuid) await putBack(folder, aside, path);
  await fs.unlink(aside).catch(() => undefined);
}

async function putBack({ fs }: Folder, aside: string, path: string): Promise<void> {
  const files = fs.for({ action: 'put back' });
  try {
    await files.link(aside, path);
  } catch (error) {
    // A third trainer has the lock by now; the conditions of set keep the two apart.
    if (getErrorCode(error) === 'EEXIST') return;
    await files.rename(aside, path);
  }
}

/** Removes only this lock. If the file names another holder, or is gone, someone removed ours by hand. */
async function releaseLock(folder: Folder, path: string, mine: LockHolder): Promise<void> {
  const found = await readLock(folder, path);
  if (found?.holder?.uuid !== mine.uuid) return;
  await folder.fs.for({ action: 'release' }).unlink(path);
}

/** Removes the files of killed writers. A file that cannot be removed now does no harm; the next lock tries again. */
async function removeTempFiles({ fs, path }: Folder, key: string): Promise<void> {
  const entries = await fs.readdir(path, { withFileTypes: true }).catch(() => []);
  for (const { name } of entries.filter((entry) => isTempName(entry.name, key)))
    await fs.unlink(join(path, name)).catch(() => undefined);
}
