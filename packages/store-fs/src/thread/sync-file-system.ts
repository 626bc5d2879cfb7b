import {
  closeSync,
  constants,
  fstatSync,
  fsync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import type { FileHandle, FileSystem } from '../system/file-system.js';

const sync = promisify(fsync);

/**
 * Node's file system, whose operations are done when they return. So none waits for a thread of Node's pool,
 * which the whole process shares. Only a sync does, and more is written meanwhile.
 */
export const syncFileSystem: FileSystem = {
  constants,
  open: async (path, flags, mode) => createHandle(openSync(path, flags, mode)),
  stat: async (path, options) => statSync(path, options),
  lstat: async (path, options) => lstatSync(path, options),
  readdir: async (path, options) => readdirSync(path, options),
  mkdir: async (path, options) => mkdirSync(path, options),
  rename: async (from, to) => renameSync(from, to),
  link: async (existing, path) => linkSync(existing, path),
  unlink: async (path) => unlinkSync(path),
  readlink: async (path) => readlinkSync(path),
};

function createHandle(file: number): FileHandle {
  return {
    read: async (...range) => ({ bytesRead: readSync(file, ...range) }),
    write: async (...range) => ({ bytesWritten: writeSync(file, ...range) }),
    stat: async (options) => fstatSync(file, options),
    sync: () => sync(file),
    close: async () => closeSync(file),
  };
}
