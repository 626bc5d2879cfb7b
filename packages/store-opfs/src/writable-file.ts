import type { NewFile } from './new-file.js';

/** Writes with `createWritable`, for pages that get no worker: the browser writes aside, and `finish` puts it in the file in one act. */
export function writableFile(): NewFile {
  let writable: FileSystemWritableFileStream;
  return {
    async open(path, name) {
      let folder = await navigator.storage.getDirectory();
      for (const part of path) folder = await folder.getDirectoryHandle(part);
      writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
    },
    write: (bytes) => writable.write(bytes),
    finish: () => writable.close(),
    close: () => writable.abort(),
  };
}
