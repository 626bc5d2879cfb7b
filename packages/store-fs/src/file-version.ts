import type { FileStats, FileSystem } from './file-system.js';
import { attempt, codeOf } from './file-error.js';

/** The version of a checkpoint: its file, and when and how long that was last written. */
export function fileVersion({ dev, ino, mtimeNs, size }: FileStats): string {
  return `${dev}:${ino}:${mtimeNs}:${size}`;
}

/** What is at this path, a symbolic link itself included; undefined where there is nothing. */
export async function statOf(fs: FileSystem, path: string): Promise<FileStats | undefined> {
  return attempt('look at', path, async () => {
    try {
      return await fs.lstat(path, { bigint: true });
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  });
}
