import { dirname } from 'node:path';
import { KeepfitError } from '@keepfit/callbacks/store';
import { attempt } from '../system/with-file-errors.js';
import { codeOf } from '../system/code-of.js';
import type { Folder } from '../folder.js';
import { syncFolder } from './sync-folder.js';
import { undefinedIfMissing } from '../system/undefined-if-missing.js';

const MAY_NOT_LOOK = new Set(['EACCES', 'EPERM']);

/**
 * Makes the folder and its missing parents, open to this user only, each with its entry durable. A folder that is there keeps its
 * mode; its entry is synced once all the same, for whoever made it may have been killed before that.
 */
export async function prepareFolder(folder: Folder): Promise<void> {
  const isThere = await isFolder(folder, folder.path);
  if (isThere && folder.isPrepared) return;
  await makeFolder(folder, folder.path, isThere);
  folder.isPrepared = true;
}

async function makeFolder(folder: Folder, path: string, isThere: boolean): Promise<void> {
  const parent = dirname(path);
  if (isThere) return syncExisting(folder, path);
  await makeFolder(folder, parent, await isFolder(folder, parent));
  await attempt('make the folder', path, async () => {
    try {
      await folder.fs.mkdir(path, { mode: 0o700 });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  });
  await syncFolder(folder, parent);
}

async function isFolder({ fs }: Folder, path: string): Promise<boolean> {
  const stats = await attempt('look at the folder', path, () =>
    undefinedIfMissing(() => fs.stat(path, { bigint: true })),
  );
  if (stats === undefined) return false;
  if (stats.isDirectory()) return true;
  throw new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `${path} is a file, where fsStore needs a folder; give fsStore the path of a folder`,
  );
}

/** The parent of a folder that others made may be closed to this user, who then cannot have made it just now. */
async function syncExisting(folder: Folder, path: string): Promise<void> {
  if (dirname(path) === path) return;
  try {
    await syncFolder(folder, dirname(path));
  } catch (error) {
    if (!MAY_NOT_LOOK.has(codeOf((error as Error).cause))) throw error;
  }
}
