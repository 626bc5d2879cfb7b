import { attempt } from '../system/with-file-errors.js';
import type { FileHandle } from '../system/file-system.js';
import { newTempPath } from '../file-names.js';
import type { Folder } from '../folder.js';

/** A new file beside the one it is to replace, open for writing. */
export interface TempFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/**
 * Makes one, for this user only. Its name cannot be foreseen, and whatever has it already, a symbolic link too, is refused.
 * `byteLength`, what it is to hold, is for the message where there is no room.
 */
export async function openTempFile(folder: Folder, key: string, byteLength?: number): Promise<TempFile> {
  return createFile(folder, newTempPath(folder.path, key), byteLength);
}

/** Makes a file that was not there, open for writing, for this user only. Rejects with the file system's EEXIST as cause where it was. */
export async function createFile({ fs }: Folder, path: string, byteLength?: number): Promise<TempFile> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = fs.constants;
  const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  return { path, handle: await attempt('make', path, () => fs.open(path, flags, 0o600), byteLength) };
}

/** Closes and removes what could not be finished, as far as the file system still lets us: the error that led here is what counts. */
export async function discard({ fs }: Folder, { path, handle }: TempFile): Promise<void> {
  await handle.close().catch(() => undefined);
  await fs.unlink(path).catch(() => undefined);
}
