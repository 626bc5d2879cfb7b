import type { SyncAccessHandle, SyncFileHandle } from './file-handles.js';
import type { NewFile } from './new-file.js';

/**
 * Writes with a sync access handle, which only dedicated workers have.
 *
 * A page sends the source of this function to a worker, so it uses nothing from around it; and no function in it has a name but the
 * methods, for some bundlers give names by a helper that would be missing there.
 */
export function syncFile(): NewFile {
  let handle: SyncAccessHandle;
  let at = 0;
  return {
    async open(path, name) {
      let folder = await navigator.storage.getDirectory();
      for (const part of path) folder = await folder.getDirectoryHandle(part);
      const file = (await folder.getFileHandle(name, { create: true })) as SyncFileHandle;
      // The file's handle is waited for too, so that it is held meanwhile: where it is garbage-collected, Chromium never answers.
      [handle] = await Promise.all([file.createSyncAccessHandle(), file]);
    },

    async write(bytes) {
      for (let left = bytes; left.length > 0;) {
        const length = handle.write(left, { at });
        if (!(length > 0)) throw new DOMException('wrote nothing', 'QuotaExceededError');
        left = left.subarray(length);
        at += length;
      }
    },

    async finish() {
      await handle.flush();
      await handle.close();
    },

    async close() {
      await handle.close();
    },
  };
}
