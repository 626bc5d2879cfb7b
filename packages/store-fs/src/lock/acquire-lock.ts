import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { KeepfitError, type StoreLock } from '@keepfit/callbacks/store';
import { attempt } from '../system/with-file-errors.js';
import { codeOf } from '../system/code-of.js';
import { isTempName, lockPath, newTempPath } from '../file-names.js';
import type { Folder } from '../folder.js';
import { lockError } from './lock-error.js';
import { isGone, type LockHolder, parseLockHolder } from './lock-holder.js';
import { createLockFile } from './create-lock-file.js';
import { prepareFolder } from '../write/prepare-folder.js';
import { readFile } from '../read-file.js';
import { undefinedIfMissing } from '../system/undefined-if-missing.js';

const LARGEST_LOCK = 65_536;
const ATTEMPTS = 20;

/**
 * Takes the lock of a key, a file that names its holder, or rejects with KEEPFIT_STORE_LOCKED. It is taken over from a holder that is
 * certainly gone, and from no other. Temp files that writers of this key left behind are removed.
 *
 * Two who find the same dead holder at the same instant are kept apart as far as files allow; past that, conditions of `set` guard.
 */
export async function acquireLock(folder: Folder, key: string): Promise<StoreLock> {
  await prepareFolder(folder);
  const path = lockPath(folder.path, key);
  const self = await folder.machine.self();
  const mine: LockHolder = { ...self, uuid: randomUUID(), since: new Date().toISOString() };

  for (let tries = 0; tries < ATTEMPTS; tries++) {
    const isPlaced = await createLockFile(folder, key, path, mine);
    const found = isPlaced ? undefined : await readLock(folder, path);
    if (isPlaced || found?.holder?.uuid === mine.uuid) {
      await removeTempFiles(folder, key);
      return { release: () => releaseLock(folder, path, mine) };
    }
    // Where it is not there any more, its holder let go in between.
    if (found === undefined) continue;
    const { holder } = found;
    if (holder === undefined || !(await isGone(holder, self, folder.machine)))
      throw lockError(path, holder, self);
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
 * Moves the lock away and looks at what was moved: where another trainer took it over in between, it is put back. The move is what
 * makes one of two win, for only one of them finds the file still there.
 */
async function removeDeadLock(folder: Folder, key: string, path: string, dead: LockHolder): Promise<void> {
  const { fs } = folder;
  const aside = newTempPath(folder.path, key);
  const move = async () => {
    await fs.rename(path, aside);
    return true;
  };
  const isMoved = await attempt('take over', path, () => undefinedIfMissing(move));
  if (!isMoved) return;
  const moved = await readLock(folder, aside);
  if (moved !== undefined && moved.holder?.uuid !== dead.uuid) await putBack(folder, aside, path);
  await fs.unlink(aside).catch(() => undefined);
}

async function putBack({ fs }: Folder, aside: string, path: string): Promise<void> {
  await attempt('put back', path, async () => {
    try {
      await fs.link(aside, path);
    } catch (error) {
      // A third trainer has it by now; the conditions of set keep the two apart.
      if (codeOf(error) === 'EEXIST') return;
      await fs.rename(aside, path);
    }
  });
}

/** Removes only this lock: where the file names another holder, or is gone, someone removed ours by hand. */
async function releaseLock(folder: Folder, path: string, mine: LockHolder): Promise<void> {
  const found = await readLock(folder, path);
  if (found?.holder?.uuid !== mine.uuid) return;
  await attempt('release', path, () => folder.fs.unlink(path));
}

/** What a killed writer left. A file that cannot be removed now is in nobody's way, and is tried again at the next lock. */
async function removeTempFiles({ fs, path }: Folder, key: string): Promise<void> {
  const entries = await fs.readdir(path, { withFileTypes: true }).catch(() => []);
  for (const { name } of entries.filter((entry) => isTempName(entry.name, key)))
    await fs.unlink(join(path, name)).catch(() => undefined);
}
