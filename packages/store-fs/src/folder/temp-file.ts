import type { FileHandle, FileSystem } from '../system/file-system.js';

/** A new file beside the one that it will replace. */
export interface TempFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** A file is closed only once: afterwards its number may belong to a file of another thread. */
  isOpen: boolean;
}

/**
 * Makes a file that only this user can open, and opens it for writing. If the path is taken, even by a
 * symbolic link, it rejects with the file system's EEXIST as the cause.
 */
export async function createFile(fs: FileSystem, path: string): Promise<TempFile> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = fs.constants;
  const handle = await fs.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  return { path, handle, isOpen: true };
}

export async function closeFile(file: TempFile): Promise<void> {
  file.isOpen = false;
  await file.handle.close();
}

/**
 * Closes and removes an unfinished file as far as the file system allows. The error that led here is the one
 * to report.
 */
export async function discard(fs: FileSystem, file: TempFile): Promise<void> {
  if (file.isOpen) await closeFile(file).catch(() => undefined);
  await fs.unlink(file.path).catch(() => undefined);
}
