import { attempt } from '../system/with-file-errors.js';
import { codeOf } from '../system/code-of.js';
import type { Folder } from '../folder.js';

/**
 * Puts a folder's entries on the medium: files renamed into it or removed from it. Nothing to do on Windows, whose folders cannot be
 * synced, and where a file system has no sync for folders (EINVAL): there renames are as durable as that file system makes them.
 */
export async function syncFolder(
  { fs, machine }: Pick<Folder, 'fs' | 'machine'>,
  path: string,
): Promise<void> {
  if (machine.isWindows) return;
  await attempt('sync the folder', path, async () => {
    const handle = await fs.open(path, fs.constants.O_RDONLY);
    try {
      await handle.sync();
    } catch (error) {
      if (codeOf(error) !== 'EINVAL') throw error;
    } finally {
      await handle.close();
    }
  });
}
