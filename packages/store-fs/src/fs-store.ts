import { resolve } from 'node:path';
import * as nodeFs from 'node:fs/promises';
import { checkOptions, formatValue } from '@keepfit/callbacks/internal';
import { type CheckpointStore, KeepfitError } from '@keepfit/callbacks/store';
import type { FileSystem } from './system/file-system.js';
import { folderOf } from './folder.js';
import { folderStore } from './folder-store.js';
import { isFileSystem } from './system/is-file-system.js';
import { thisMachine } from './system/this-machine.js';
import { SharedWriter } from './thread/shared-writer.js';

export interface FsStoreOptions {
  /**
   * The file system to use, as `node:fs/promises` or a part of it. Give `fs.promises` of memfs to test without a disk.
   *
   * @default node:fs/promises
   */
  readonly fs?: FileSystem;
}

const OPERATIONS = ['open', 'stat', 'lstat', 'readdir', 'mkdir', 'rename', 'link', 'unlink'] as const;

/**
 * Keeps each checkpoint in one file, `<dir>/<key>.safetensors`, which any safetensors library reads.
 *
 * The file is replaced atomically and durably: after a kill or a power cut at any instant it holds the whole old or the whole new
 * checkpoint. A lock keeps a second trainer out; it survives a blocked event loop and is free once its process is gone. Missing folders
 * are made when first written to. While a lock is held, a thread writes, so that training does not wait for the disk. Room for two
 * checkpoints is needed. What it promises, and to whom, is in the package's README.
 *
 * @param dir The folder, of this store alone. A relative one is resolved once, against the working directory of now.
 */
export function fsStore(dir: string, options: FsStoreOptions = {}): CheckpointStore {
  if (typeof dir !== 'string' || dir === '' || dir.includes('\0')) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `dir of fsStore must be the path of a folder, not ${formatValue(dir)}`,
    );
  }
  checkOptions('fsStore', options, {
    fs: [
      (value) => isFileSystem(value, OPERATIONS),
      'a file system such as node:fs/promises or fs.promises of memfs',
    ],
  });
  const machine = thisMachine();
  // On Windows a rename may have to be tried for a while. A file system that was given is known in this thread only.
  const writer = options.fs === undefined && !machine.isWindows ? new SharedWriter() : undefined;
  return folderStore(folderOf(resolve(dir), options.fs ?? nodeFs, machine), writer);
}
