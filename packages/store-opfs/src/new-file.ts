import type { SyncAccessHandle, SyncFileHandle } from './file-handles.js';

/** A file in the making, written from its beginning. */
export interface NewFile {
  /** Makes the file of this name in the folder at this path, which is there. Where this rejects, nothing is open. */
  open(path: readonly string[], name: string): Promise<void>;
  /** Has these bytes written when it resolves; the memory is the caller's again. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Resolves when the file holds all bytes, as far as can be on the disk. */
  finish(): Promise<void>;
  /** Lets go of it, finished or not; needed in any case. Removing an unfinished file is the caller's. */
  close(): Promise<void>;
}

/**
 * Writes with a sync access handle, which only dedicated workers have.
 *
 * A page sends the source of this function to a worker, so it uses nothing from around it; and no function in it has a name but the
 * methods, for some bundlers give names by a helper that would be missing there.
 */
export function createSyncFile(): NewFile {
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

/** How an operation in the worker failed, or nothing. */
type Reply = [message: string, name: string] | undefined;

/**
 * Writes with a sync access handle in a worker of its own, which ends with the file.
 *
 * The worker's source is made from functions of this package, as a Blob: there is no second file that a bundler or a server would have
 * to find. A page whose Content-Security-Policy does not allow `worker-src blob:` refuses the worker, and `open` rejects.
 */
function createWorkerFile(): NewFile {
  const url = URL.createObjectURL(
    new Blob([`(${serve.toString()})((${createSyncFile.toString()})())`], { type: 'text/javascript' }),
  );
  const worker = new Worker(url);

  function ask(method: keyof NewFile, values: unknown[] = [], transfer: Transferable[] = []): Promise<void> {
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Reply>) =>
        data === undefined ? resolve() : reject(new DOMException(...data));
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage([method, values], transfer);
    });
  }

  return {
    async open(...where) {
      try {
        await ask('open', where);
      } catch (error) {
        worker.terminate();
        throw error;
      } finally {
        URL.revokeObjectURL(url);
      }
    },
    write(bytes) {
      const copy = bytes.slice(); // The bytes stay their owner's.
      return ask('write', [copy], [copy.buffer]);
    },
    finish: () => ask('finish'),
    close: () => ask('close').finally(() => worker.terminate()),
  };
}

/** Runs in the worker. Like `syncFile` it uses nothing from around it. */
function serve(file: NewFile): void {
  globalThis.onmessage = async ({
    data: [method, values],
  }: MessageEvent<[keyof NewFile, [never, never]]>) => {
    try {
      await file[method](...values);
      postMessage(undefined);
    } catch (error) {
      postMessage([(error as Error).message, (error as Error).name]);
    }
  };
}

/** Writes with `createWritable`, for pages that get no worker: the browser writes aside, and `finish` puts it in the file in one act. */
function createWritableFile(): NewFile {
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

/**
 * Opens new files in a folder in the best way that works here: by a sync access handle, in this worker or in one of its own; else by
 * `createWritable`, where there are no such handles or the page gets no worker. Which, is found out once.
 */
export function createFileOpener(path: readonly string[]): (name: string) => Promise<NewFile> {
  let isSync: boolean | undefined;

  return async (name) => {
    if (isSync !== false) {
      try {
        const file =
          'createSyncAccessHandle' in FileSystemFileHandle.prototype ? createSyncFile() : createWorkerFile();
        await file.open(path, name);
        isSync = true;
        return file;
      } catch (error) {
        if (isSync === true) throw error;
      }
    }
    const file = createWritableFile();
    await file.open(path, name);
    isSync = false;
    return file;
  };
}
