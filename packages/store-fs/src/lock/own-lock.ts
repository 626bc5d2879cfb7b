import { getLockPath } from '../folder/file-names.js';
import type { WriteFolder } from '../folder/folder.js';
import { createLostError } from './lock-error.js';
import { readChain } from './lock-place.js';

/**
 * Checks that a lock still names its holder, directly before that holder changes a checkpoint.
 *
 * @throws KEEPFIT_STORE_CONFLICT when it does not. If its file is missing, the cause has the code ENOENT.
 */
export async function checkOwnLock(folder: WriteFolder, key: string, uuid: string): Promise<void> {
  const last = (await readChain({ folder, key })).at(-1);
  if (last?.holder?.uuid === uuid) return;
  throw createLostError(getLockPath(folder.path, key), last?.holder, last !== undefined);
}
