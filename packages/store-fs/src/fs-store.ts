import { resolve } from 'node:path';
import { checkOptions, formatValue } from '@keepfit/callbacks/internal';
import { type CheckpointStore, KeepfitError } from '@keepfit/callbacks/store';
import { folderStore } from './folder-store.js';
import { toFolder } from './folder/folder.js';
import { type FileSystem, isFileSystem } from './system/file-system.js';
import { getThisHost } from './system/host.js';
import { localSockets } from './system/local-sockets.js';
import { nodeFs } from './system/node-fs.js';
import { SharedWriter } from './thread/shared-writer.js';

export interface FsStoreOptions {
  /**
   * The file system to use, as `node:fs/promises` or a part of it. Give `fs.promises` of memfs to test
   * without a disk.
   *
   * @default node:fs/promises
   */
  readonly fs?: FileSystem;
}

const OPERATIONS = ['open', 'stat', 'lstat', 'readdir', 'mkdir', 'rename', 'link', 'unlink'] as const;

/**
 * Keeps each checkpoint in one file, `<dir>/<key>.safetensors`, which any safetensors library reads.
 *
 * The file is replaced atomically and durably: after a kill or a power cut at any instant it holds the whole
 * old or the whole new checkpoint. A lock keeps a second trainer out; it survives a blocked event loop and is
 * free once its process is gone. The first write makes missing folders. While a lock is held, a thread
 * writes, so that training does not wait for the disk. The disk needs room for two checkpoints. The package's
 * README lists all promises.
 *
 * @param dir The folder; no one else may use it. A relative path is resolved once, against the current
 *   working directory.
 * @throws KEEPFIT_INVALID_OPTION when `dir` is no path or an option is unknown.
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
  const host = getThisHost();
  // On Windows a rename may need several tries. A given file system is known in this thread only.
  const writer = options.fs === undefined && !host.isWindows ? new SharedWriter() : undefined;
  const sockets = options.fs === undefined ? localSockets(host.isWindows) : undefined;
  const folder = toFolder(resolve(dir), options.fs ?? nodeFs, host, sockets);
  return folderStore(folder, writer, `fsStore(${JSON.stringify(dir)})`);
}
