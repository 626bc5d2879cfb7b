import { getErrorCode } from '../system/file-errors.js';
import type { WriteFolder } from './folder.js';

/**
 * Puts the entries of a folder on the medium: files that were renamed into it or removed from it. Windows
 * cannot sync folders, and some file systems cannot either (EINVAL); there, renames are as durable as the
 * file system makes them.
 */
export async function syncFolder(
  { fs, host }: Pick<WriteFolder, 'fs' | 'host'>,
  path: string,
): Promise<void> {
  if (host.isWindows) return;
  const handle = await fs.for({ action: 'sync the folder' }).open(path, fs.constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    if (getErrorCode(error) !== 'EINVAL') throw error;
  } finally {
    await handle.close();
  }
}
