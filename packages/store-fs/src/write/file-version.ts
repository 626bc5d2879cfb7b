import type { FileStats } from '../system/file-system.js';

/** The version of a checkpoint: its file, and when and how long that was last written. */
export function fileVersion({ dev, ino, mtimeNs, size }: FileStats): string {
  return `${dev}:${ino}:${mtimeNs}:${size}`;
}
