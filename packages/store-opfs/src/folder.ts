import type { StoredCheckpoint } from '@keepfit/callbacks/store';
import type { IterableDirectoryHandle, MovableFileHandle } from './file-handles.js';
import { isTempName, keyOfName } from './file-names.js';
import { fileOpener } from './file-opener.js';
import type { NewFile } from './new-file.js';

/** The folder of a store, made when it is needed. Errors are those of the platform. */
export interface Folder {
  readonly dir: string;
  /** Runs alone, or beside other readers, among all that use this folder in whatever tab: a File does not keep its bytes when it is replaced. */
  commits<Result>(mode: 'exclusive' | 'shared', run: () => Promise<Result>): Promise<Result>;
  /** Makes a file. */
  create(name: string): Promise<NewFile>;
  /** Gives a finished file another name, in place of the file that has it, in one act. */
  move(from: string, to: string): Promise<void>;
  /** undefined where there is no file, or none that was ever finished. */
  read(name: string): Promise<StoredCheckpoint | undefined>;
  version(name: string): Promise<string | null>;
  /** Nothing happens where it is not there. */
  remove(name: string): Promise<void>;
  keys(): Promise<string[]>;
  /** Removes the temp files of a key that nobody has open. */
  clearUp(key: string): Promise<void>;
}

/** A version, a UUID, stands at the end of each file. */
const VERSION_LENGTH = 36;

/** The folder at this path below the root. */
export function folderAt(dir: string): Folder {
  const path = dir.split('/');
  const openFile = fileOpener(path);

  async function open(): Promise<IterableDirectoryHandle> {
    let folder = await navigator.storage.getDirectory();
    for (const part of path) folder = await folder.getDirectoryHandle(part, { create: true });
    return folder as IterableDirectoryHandle;
  }

  async function names(): Promise<string[]> {
    const found: string[] = [];
    for await (const name of (await open()).keys()) found.push(name);
    return found;
  }

  /** Where there is no move, an empty file is made first, which is no checkpoint until it is written. */
  async function find(name: string): Promise<File | undefined> {
    const file = await unlessMissing(async () => (await (await open()).getFileHandle(name)).getFile());
    return file?.size ? file : undefined;
  }

  return {
    dir,
    commits: async (mode, run) => await navigator.locks.request(`keepfit:opfs:${dir}`, { mode }, run),

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

    async read(name) {
      const file = await find(name);
      if (file === undefined) return undefined;
      const bytes = new Uint8Array(await file.slice(0, -VERSION_LENGTH).arrayBuffer());
      return { bytes, version: await file.slice(-VERSION_LENGTH).text() };
    },

    version: async (name) => (await (await find(name))?.slice(-VERSION_LENGTH).text()) ?? null,

    remove: async (name) => unlessMissing(async () => (await open()).removeEntry(name)),

    async keys() {
      const keys: string[] = [];
      for (const name of await names()) {
        const key = keyOfName(name);
        if (key !== undefined && (await find(name)) !== undefined) keys.push(key);
      }
      return keys;
    },

    async clearUp(key) {
      const folder = await open();
      for (const name of await names()) {
        if (isTempName(name, key)) await folder.removeEntry(name).catch(() => undefined);
      }
    },
  };
}

async function unlessMissing<Result>(run: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await run();
  } catch (error) {
    if ((error as Error).name === 'NotFoundError') return undefined;
    throw error;
  }
}
