import { dirname, isAbsolute, sep } from 'node:path';
import { KeepfitError } from '@keepfit/callbacks/store';
import { getErrorCode, undefinedIfMissing } from '../system/file-errors.js';
import type { WriteFolder } from './folder.js';
import { syncFolder } from './sync-folder.js';

const MAY_NOT_LOOK = new Set(['EACCES', 'EPERM']);

/**
 * Makes the folder and its missing parents, open to this user only, each with a durable entry. An existing
 * folder keeps its mode. Its entry is synced once all the same because its maker may have been killed before
 * that. In each folder that this call makes, it places the locks again that this process holds there.
 * Resolves to whether this call made the folder.
 */
export async function prepareFolder(folder: WriteFolder): Promise<boolean> {
  const exists = await isFolder(folder, folder.path);
  if (exists && folder.isPrepared) return false;
  const isMade = await makeFolder(folder, folder.path, exists);
  folder.isPrepared = true;
  return isMade;
}

async function makeFolder(folder: WriteFolder, path: string, exists: boolean): Promise<boolean> {
  const parent = dirname(path);
  if (exists) {
    await syncExisting(folder, path);
    return false;
  }
  await makeFolder(folder, parent, await isFolder(folder, parent));
  let isMade = true;
  try {
    await folder.fs.mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (getErrorCode(error) !== 'EEXIST') throw error;
    // Another trainer has made it, or the path is a symbolic link to a folder that is missing.
    isMade = !(await isFolder(folder, path)) && (await makeTarget(folder, path));
  }
  if (isMade) await folder.held?.placeAgain(path);
  await syncFolder(folder, parent);
  return isMade;
}

/** Makes the folder that a symbolic link leads to. */
async function makeTarget(folder: WriteFolder, link: string): Promise<boolean> {
  const target = await folder.fs.readlink?.(link).catch(() => undefined);
  if (target === undefined) {
    const message = `${link} is a symbolic link to a folder that is missing; make that folder`;
    throw new KeepfitError('KEEPFIT_STORE_FAILED', message);
  }
  // Not joined: after a symbolic link, `..` is another folder than the path says.
  const path = isAbsolute(target) ? target : `${dirname(link)}${sep}${target}`;
  return makeFolder(folder, path, await isFolder(folder, path));
}

/** @throws KEEPFIT_STORE_FAILED when something else is there. */
export async function isFolder({ fs, ...folder }: WriteFolder, path = folder.path): Promise<boolean> {
  const files = fs.for({ action: 'look at the folder' });
  const stats = await undefinedIfMissing(() => files.stat(path, { bigint: true }));
  if (stats === undefined) return false;
  if (stats.isDirectory()) return true;
  throw new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `${path} is a file, but fsStore needs a folder there; give fsStore the path of a folder`,
  );
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
