import { setImmediate } from 'node:timers/promises';
import type { FileHandle, FileSystem } from '../../src/index.js';
import { DiskLog } from './disk-log.js';
import { memoryFs } from './memory-fs.js';

export interface LosingFs {
  readonly fs: FileSystem & { readonly constants: { readonly O_TRUNC: number } };
  readonly log: DiskLog;
}

/**
 * A file system over memfs that records each effect and each sync, so that `crashStates` can list the states
 * after a power cut. A rename in one folder is atomic, as POSIX demands. The medium may have any part of
 * other effects until they are synced.
 */
export function losingFs(): LosingFs {
  const { fs } = memoryFs();
  const log = new DiskLog();
  const constants = fs.constants as LosingFs['fs']['constants'];

  const noted = (handle: FileHandle, of: number | string): FileHandle => ({
    read: (...range) => handle.read(...range),
    stat: (options) => handle.stat(options),
    close: () => handle.close(),
    async write(buffer, offset, length, position) {
      const { bytesWritten } = await handle.write(buffer, offset, length, position);
      log.written(of, position, buffer.subarray(offset, offset + bytesWritten));
      return { bytesWritten };
    },
    async sync() {
      const until = log.events.length;
      // Meanwhile the file may be written, and that is not synced.
      for (let turn = 0; turn < 3; turn++) await setImmediate();
      await handle.sync();
      log.synced(of, until);
    },
  });

  return {
    log,
    fs: {
      constants,
      open: async (path, flags, mode) => {
        const handle = await fs.open(path, flags, mode);
        return noted(
          handle,
          log.opened(path, {
            isMade: (flags & constants.O_CREAT) !== 0,
            isCut: (flags & constants.O_TRUNC) !== 0,
          }),
        );
      },
      stat: (path, options) => fs.stat(path, options),
      lstat: (path, options) => fs.lstat(path, options),
      readdir: (path, options) => fs.readdir(path, options),
      mkdir: async (path, options) => {
        await fs.mkdir(path, options);
        log.madeFolder(path);
      },
      rename: async (from, to) => {
        await fs.rename(from, to);
        log.renamed(from, to);
      },
      link: async (from, to) => {
        await fs.link(from, to);
        log.linked(from, to);
      },
      unlink: async (path) => {
        await fs.unlink(path);
        log.removed(path);
      },
    },
  };
}
