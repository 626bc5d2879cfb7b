import type { FileHandle, FileStats, FileSystem } from '../../src/index.js';
import { fsFault } from './watched-fs.js';

/** The files of one folder, by path. A file with two names is in it twice. */
export type TinyFiles = Map<string, { bytes: Uint8Array }>;

const FLAGS = { O_RDONLY: 0, O_WRONLY: 1, O_CREAT: 64, O_EXCL: 128 };

/**
 * A file system of one folder, `/runs`, that is quick enough to be run ten thousand times. Each effect takes
 * place at once when its operation is called.
 */
export function tinyFs(files: TinyFiles, hasLinks: boolean): FileSystem {
  const get = (path: string): { bytes: Uint8Array } => {
    const file = files.get(path);
    if (file === undefined) throw fsFault('ENOENT');
    return file;
  };
  const add = (path: string, file: { bytes: Uint8Array }): void => {
    if (files.has(path)) throw fsFault('EEXIST');
    files.set(path, file);
  };
  const stats = async (path: string): Promise<FileStats> =>
    path === '/runs' || path === '/' ? statsOf(0, true) : statsOf(get(path).bytes.length, false);
  return {
    constants: FLAGS,
    open: async (path, flags) => {
      if (path === '/runs' || path === '/') return handleOf({ bytes: new Uint8Array() });
      if ((flags & FLAGS.O_CREAT) !== 0) add(path, { bytes: new Uint8Array() });
      return handleOf(get(path));
    },
    stat: stats,
    lstat: stats,
    // In the order in which they were made: the names are random.
    readdir: async () =>
      [...files.keys()].map((path) => ({ name: path.slice('/runs/'.length), isFile: () => true })),
    mkdir: async () => undefined,
    rename: async (from, to) => {
      files.set(to, get(from));
      files.delete(from);
    },
    link: async (from, to) => {
      if (!hasLinks) throw fsFault('EPERM');
      add(to, get(from));
    },
    unlink: async (path) => {
      get(path);
      files.delete(path);
    },
  };
}

function handleOf(file: { bytes: Uint8Array }): FileHandle {
  return {
    read: async (buffer, offset, length, position) => {
      const part = file.bytes.subarray(position, position + length);
      buffer.set(part, offset);
      return { bytesRead: part.length };
    },
    write: async (buffer, offset, length) => {
      file.bytes = buffer.slice(offset, offset + length);
      return { bytesWritten: length };
    },
    stat: async () => statsOf(file.bytes.length, false),
    sync: async () => undefined,
    close: async () => undefined,
  };
}

function statsOf(size: number, isFolder: boolean): FileStats {
  return {
    dev: 1n,
    ino: 1n,
    size: BigInt(size),
    mtimeNs: 0n,
    isFile: () => !isFolder,
    isDirectory: () => isFolder,
  };
}
