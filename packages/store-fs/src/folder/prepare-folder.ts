import { dirname } from 'node:path';
import { KeepfitError } from '@keepfit/callbacks/store';
import { getErrorCode, undefinedIfMissing } from '../system/file-errors.js';
import type { WriteFolder } from './folder.js';
import { syncFolder } from './sync-folder.js';

const MAY_NOT_LOOK = new Set(['EACCES', 'EPERM']);

/**
 * Makes the folder and its missing parents, open to this user only, each with a durable entry. An existing
 * folder keeps its mode. Its entry is synced once all the same because its maker may have been killed before
 * that.
 */
export async function prepareFolder(folder: WriteFolder): Promise<void> {
  const exists = await isFolder(folder, folder.path);
  if (exists && folder.isPrepared) return;
  await makeFolder(folder, folder.path, exists);
  folder.isPrepared = true;
}

async function makeFolder(folder: WriteFolder, path: string, exists: boolean): Promise<void> {
  const parent = dirname(path);
  if (exists) return syncExisting(folder, path);
  await makeFolder(folder, parent, await isFolder(folder, parent));
  try {
    await folder.fs.mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (getErrorCode(error) !== 'EEXIST') throw error;
    if (!(await isFolder(folder, path))) throw createDanglingError(path, error);
  }
  await syncFolder(folder, parent);
}

async function isFolder({ fs }: WriteFolder, path: string): Promise<boolean> {
  const files = fs.for({ action: 'look at the folder' });
  const stats = await undefinedIfMissing(() => files.stat(path, { bigint: true }));
  if (stats === undefined) return false;
  if (stats.isDirectory()) return true;
  throw new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `${path} is a file, but fsStore needs a folder there; give fsStore the path of a folder`,
  );
}

/** The name is taken, and yet nothing is there. */
function createDanglingError(path: string, cause: unknown): KeepfitError {
  const message = `${path} is a symbolic link to nothing; make the folder it should lead to, or remove the link`;
  return new KeepfitError('KEEPFIT_STORE_FAILED', message, { cause });
}

/**
 * This user may not be allowed to look into the parent of a folder that others made, and then cannot have
 * made it just now.
 */
async function syncExisting(folder: WriteFolder, path: string): Promise<void> {
  if (dirname(path) === path) return;
  try {
    await syncFolder(folder, dirname(path));
  } catch (error) {
    if (!MAY_NOT_LOOK.has(getErrorCode(error))) throw error;
  }
}
