import type { NewFile } from './new-file.js';
import { syncFile } from './sync-file.js';
import { workerFile } from './worker-file.js';
import { writableFile } from './writable-file.js';

/**
 * Opens new files in a folder in the best way that works here: by a sync access handle, in this worker or in one of its own; else by
 * `createWritable`, where there are no such handles or the page gets no worker. Which, is found out once.
 */
export function fileOpener(path: readonly string[]): (name: string) => Promise<NewFile> {
  let isSync: boolean | undefined;

  return async (name) => {
    if (isSync !== false) {
      try {
        const file = 'createSyncAccessHandle' in FileSystemFileHandle.prototype ? syncFile() : workerFile();
        await file.open(path, name);
        isSync = true;
        return file;
      } catch (error) {
        if (isSync === true) throw error;
      }
    }
    const file = writableFile();
    await file.open(path, name);
    isSync = false;
    return file;
  };
}
