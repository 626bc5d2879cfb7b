import { checkKey, isKey, type StoredCheckpoint, withStorageErrors } from '@keepfit/callbacks/store';
import type { IterableDirectoryHandle, MovableFileHandle } from './file-handles.js';
import { createFileOpener, type NewFile } from './new-file.js';

/** The folder of a store, created when it is needed. Methods reject with the platform's errors. */
export interface Folder {
  readonly dir: string;
  /**
   * Runs exclusively, or shared with other readers, among all tabs that use this folder: a File loses its
   * bytes when it is replaced.
   */
  withLock<Result>(mode: 'exclusive' | 'shared', run: () => Promise<Result>): Promise<Result>;
  /** Creates a file. */
  create(name: string): Promise<NewFile>;
  /** Renames a finished file, and atomically replaces the file with that name. */
  move(from: string, to: string): Promise<void>;
  /** undefined if there is no file, or no finished one. */
  read(name: string): Promise<StoredCheckpoint | undefined>;
  version(name: string): Promise<string | null>;
  /** Does nothing if the file is absent. */
  remove(name: string): Promise<void>;
  keys(): Promise<string[]>;
  /** Removes the temp files of a key that are not open. */
  clearUp(key: string): Promise<void>;
}

/** Each file ends with its version, a UUID. */
const VERSION_LENGTH = 36;

/** Returns the folder at this path below the root. */
export function getFolder(dir: string): Folder {
  const path = dir.split('/');
  const openFile = createFileOpener(path);

  async function open(): Promise<IterableDirectoryHandle> {
    let folder = await navigator.storage.getDirectory();
    for (const part of path) folder = await folder.getDirectoryHandle(part, { create: true });
    return folder as IterableDirectoryHandle;
  }

  async function names(): Promise<string[]> {
    const found: string[] = [];
    await undefinedIfMissing(async () => {
      for await (const name of (await open()).keys()) found.push(name);
    });
    return found;
  }

  /** Finds a file with content: without `move`, a checkpoint's file is empty until it is written. */
  async function find(name: string): Promise<File | undefined> {
    const file = await undefinedIfMissing(async () => (await (await open()).getFileHandle(name)).getFile());
    return file?.size ? file : undefined;
  }

  return {
    dir,
    withLock: async (mode, run) => await navigator.locks.request(`keepfit:opfs:${dir}`, { mode }, run),

    async create(name) {
      await open();
      return openFile(name);
    },

    async move(from, to) {
      const folder = await open();
      const file: MovableFileHandle = await folder.getFileHandle(from);
      if (file.move !== undefined) return file.move(to);
      const writable = await (await folder.getFileHandle(to, { create: true })).createWritable();
      await writable.write(await file.getFile());
      await writable.close();
      await folder.removeEntry(from);
    },

    read: (name) =>
      undefinedIfMissing(async () => {
        const file = await find(name);
        if (file === undefined) return undefined;
        const bytes = new Uint8Array(await file.slice(0, -VERSION_LENGTH).arrayBuffer());
        return { bytes, version: await file.slice(-VERSION_LENGTH).text() };
      }),

    version: async (name) =>
      (await undefinedIfMissing(async () => (await find(name))?.slice(-VERSION_LENGTH).text())) ?? null,

    remove: async (name) => undefinedIfMissing(async () => (await open()).removeEntry(name)),

    async keys() {
      const keys: string[] = [];
      for (const name of await names()) {
        const key = parseKey(name);
        if (key !== undefined && (await find(name)) !== undefined) keys.push(key);
      }
      return keys;
    },

    clearUp: (key) =>
      undefinedIfMissing(async () => {
        const folder = await open();
        for (const name of await names()) {
          if (isTempName(name, key)) await folder.removeEntry(name).catch(() => undefined);
        }
      }),
  };
}

async function undefinedIfMissing<Result>(run: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await run();
  } catch (error) {
    if ((error as Error).name === 'NotFoundError') return undefined;
    throw error;
  }
}

const SUFFIX = '.checkpoint';

/** `<key>.checkpoint`. */
export function getCheckpointName(key: string): string {
  return checkKey(key) + SUFFIX;
}

/** `<version> <key>`, unique for each write. A key has no space, so no checkpoint has such a name. */
export function getTempName(version: string, key: string): string {
  return `${version} ${key}`;
}

/** Whether a name belongs to a temp file of this key. */
function isTempName(name: string, key: string): boolean {
  return name.endsWith(` ${key}`);
}

/** The key of a checkpoint's file name; undefined for any other name. */
function parseKey(name: string): string | undefined {
  const key = name.slice(0, -SUFFIX.length);
  return name.endsWith(SUFFIX) && isKey(key) ? key : undefined;
}

/** Runs a file operation. A failure becomes a KeepfitError; a KeepfitError passes unchanged. */
export function withFolderErrors<Result>(
  dir: string,
  action: string,
  run: () => Promise<Result>,
): Promise<Result> {
  return withStorageErrors(`${action} in the private folder ${JSON.stringify(dir)}`, getAdvice, run);
}

function getAdvice(reason: string): string {
  if (typeof FileSystemFileHandle === 'undefined' && !globalThis.isSecureContext)
    return 'only https and localhost have one; elsewhere use indexedDBStore, and in Node use fsStore';
  if (navigator.storage?.getDirectory === undefined)
    return 'this browser has no private folders; use indexedDBStore';
  if (reason === 'TypeError' && !('createWritable' in FileSystemFileHandle.prototype))
    return 'this browser can write such files only in a worker, and this page gets none; allow `worker-src blob:`, or use indexedDBStore';
  if (reason === 'SecurityError') return 'private windows may have none; use indexedDBStore';
  return 'see the cause';
}
