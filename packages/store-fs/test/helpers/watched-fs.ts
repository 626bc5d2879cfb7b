import type { FileHandle, FileSystem } from '../../src/index.js';

/**
 * One call of the file system. `path` names the file, or the source of a rename or link, and `to` the target.
 */
export interface Operation {
  readonly name: keyof FileSystem | keyof FileHandle;
  readonly path: string;
  readonly to?: string;
}

/**
 * Calls `before` before each operation. If it throws, the operation rejects with that error and has no
 * effect.
 */
export function watchedFs(
  fs: FileSystem,
  before: (operation: Operation) => void | Promise<void>,
): FileSystem {
  const watch = async <Result>(operation: Operation, effect: () => Promise<Result>): Promise<Result> => {
    await before(operation);
    return effect();
  };
  return {
    constants: fs.constants,
    open: async (path, flags, mode) =>
      watchedHandle(await watch({ name: 'open', path }, () => fs.open(path, flags, mode)), path, watch),
    stat: (path, options) => watch({ name: 'stat', path }, () => fs.stat(path, options)),
    lstat: (path, options) => watch({ name: 'lstat', path }, () => fs.lstat(path, options)),
    readdir: (path, options) => watch({ name: 'readdir', path }, () => fs.readdir(path, options)),
    mkdir: (path, options) => watch({ name: 'mkdir', path }, () => fs.mkdir(path, options)),
    rename: (path, to) => watch({ name: 'rename', path, to }, () => fs.rename(path, to)),
    link: (path, to) => watch({ name: 'link', path, to }, () => fs.link(path, to)),
    unlink: (path) => watch({ name: 'unlink', path }, () => fs.unlink(path)),
  };
}

type Watch = <Result>(operation: Operation, effect: () => Promise<Result>) => Promise<Result>;

function watchedHandle(handle: FileHandle, path: string, watch: Watch): FileHandle {
  return {
    read: (...range) => watch({ name: 'read', path }, () => handle.read(...range)),
    write: (...range) => watch({ name: 'write', path }, () => handle.write(...range)),
    stat: (options) => watch({ name: 'stat', path }, () => handle.stat(options)),
    sync: () => watch({ name: 'sync', path }, () => handle.sync()),
    close: () => watch({ name: 'close', path }, () => handle.close()),
  };
}

/** A file system on which one write takes at most this many bytes. */
export function shortWritingFs(fs: FileSystem, most: number): FileSystem {
  return {
    ...watchedFs(fs, () => undefined),
    open: async (path, flags, mode) => {
      const handle = await fs.open(path, flags, mode);
      return {
        ...watchedHandle(handle, path, (_, effect) => effect()),
        write: (buffer, offset, length, position) =>
          handle.write(buffer, offset, Math.min(length, most), position),
      };
    },
  };
}

/** Creates an error of a used up quota, as libuv gives it: it has no name for EDQUOT. */
export function quotaFault(errno: number, code: string): Error {
  return Object.assign(new Error(`${code}: unknown error, by this test`), { code, errno });
}

/** Creates an error like those of Node's file system. */
export function fsFault(code: string): Error {
  return Object.assign(new Error(`${code}: by this test`), { code });
}
