import type { FileHandle, FileStats, FileSystem } from '../../src/index.js';
import { watchedFs } from './watched-fs.js';

interface Unsteadiness {
  /** Whether each look at a file finds other device and inode numbers, as after a cache was emptied. If not, all are 0. */
  readonly changesNumbers: boolean;
  /** Of modification times, in ns. It may change with time. */
  readonly resolution: bigint | (() => bigint);
}

/** A file system whose numbers and times do not identify files, such as sshfs, FAT and many others of FUSE. */
export function unsteadyFs(fs: FileSystem, { changesNumbers, resolution }: Unsteadiness): FileSystem {
  let last = 0n;
  const getNumber = (): bigint => (changesNumbers ? ++last : 0n);
  const change = (stats: FileStats): FileStats => {
    const unit = typeof resolution === 'bigint' ? resolution : resolution();
    return {
      dev: getNumber(),
      ino: getNumber(),
      size: stats.size,
      mtimeNs: stats.mtimeNs - (stats.mtimeNs % unit),
      isFile: () => stats.isFile(),
      isDirectory: () => stats.isDirectory(),
    };
  };
  return {
    ...watchedFs(fs, () => undefined),
    open: async (path, flags, mode) => {
      const handle = await fs.open(path, flags, mode);
      return {
        read: (...range) => handle.read(...range),
        write: (...range) => handle.write(...range),
        stat: async (options) => change(await handle.stat(options)),
        sync: () => handle.sync(),
        close: () => handle.close(),
      } satisfies FileHandle;
    },
    stat: async (path, options) => change(await fs.stat(path, options)),
    lstat: async (path, options) => change(await fs.lstat(path, options)),
  };
}
