import type { SyncAccessHandle, SyncFileHandle } from './file-handles.js';

/** An unfinished file, written from its beginning. */
export interface NewFile {
  /** Creates the file of this name in the existing folder at this path. If this rejects, nothing is open. */
  open(path: readonly string[], name: string): Promise<void>;
  /** Resolves when the bytes are written; the caller may then reuse the memory. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Resolves when the file holds all bytes, on the disk as far as the browser allows. */
  finish(): Promise<void>;
  /** Closes the file, finished or not; always required. The caller removes an unfinished file. */
  close(): Promise<void>;
}

/**
 * Writes with a sync access handle, which only dedicated workers have.
 *
 * A page sends the source of this function to a worker, so it uses nothing from its surroundings. No function
 * in it has a name but the methods, because some bundlers attach names with a helper that the worker would
 * lack.
 */
export function createSyncFile(): NewFile {
  let handle: SyncAccessHandle;
  let at = 0;
  return {
    async open(path, name) {
      let folder = await navigator.storage.getDirectory();
      for (const part of path) folder = await folder.getDirectoryHandle(part);
      const file = (await folder.getFileHandle(name, { create: true })) as SyncFileHandle;
      // Await the file's handle too, so that it stays referenced: if it is garbage-collected, Chromium never
      // answers.
      [handle] = await Promise.all([file.createSyncAccessHandle(), file]);
    },

    async write(bytes) {
      for (let left = bytes; left.length > 0;) {
        const length = handle.write(left, { at });
        if (!(length > 0)) throw new DOMException('no space', 'QuotaExceededError');
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

/** The failure of an operation in the worker; undefined if it succeeded. */
type Reply = [message: string, name: string] | undefined;

/**
 * The workers that write now. Firefox collects a worker that only its own handlers refer to, even while a
 * promise waits for its answer, and the write then never settles.
 */
const openWorkers = new Set<Worker>();

/**
 * Writes with a sync access handle in a separate worker, which ends with the file.
 *
 * The worker's source is built from functions of this package, as a Blob: no second file that a bundler or a
 * server must find. A page whose Content-Security-Policy does not allow `worker-src blob:` refuses the
 * worker, and `open` rejects.
 */
function createWorkerFile(): NewFile {
  const url = URL.createObjectURL(
    new Blob([`(${serve.toString()})((${createSyncFile.toString()})())`], { type: 'text/javascript' }),
  );
  const worker = new Worker(url);
  openWorkers.add(worker);
  const end = () => {
    worker.terminate();
    openWorkers.delete(worker);
  };

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
        end();
        throw error;
      } finally {
        URL.revokeObjectURL(url);
      }
    },
    write(bytes) {
      const copy = bytes.slice(); // The caller keeps its bytes.
      return ask('write', [copy], [copy.buffer]);
    },
    finish: () => ask('finish'),
    close: () => ask('close').finally(end),
  };
}

/** Runs in the worker. Like `createSyncFile` it uses nothing from its surroundings. */
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

/**
 * Writes with `createWritable`, for pages without a worker: the browser writes elsewhere, and `finish` puts
 * the bytes into the file atomically.
 */
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
 * Opens new files in a folder in the best way that works here: by a sync access handle, in this worker or in
 * a separate one; else by `createWritable`, if there are no such handles or the page gets no worker. The
 * first file tells.
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
        // A folder that was deleted tells nothing of what works here.
        if (isSync === true || (error as Error).name === 'NotFoundError') throw error;
      }
    }
    const file = createWritableFile();
    await file.open(path, name);
    isSync = false;
    return file;
  };
}
