import { dirname } from 'node:path';
import { KeepfitError } from '@keepfit/callbacks/store';
import { getErrorCode, undefinedIfMissing } from '../system/file-errors.js';
import type { WithFileErrors } from '../system/with-file-errors.js';
import { writeAll } from '../system/write-all.js';
import type { SinkFileHandle, SinkFileSystem } from './sink-file-system.js';

/** A file that is open for fileSink. */
export interface SinkFile {
  /** In bytes. It does not count the remains of a failed write, which the next write overwrites. */
  readonly length: number;
  append(bytes: Uint8Array): Promise<void>;
  flush(): Promise<void>;
  truncate(length: number): Promise<void>;
  /** Flushes, and closes also if that fails. */
  close(): Promise<void>;
}

export type SinkFiles = WithFileErrors<SinkFileSystem>;

/** Codes that say that a folder cannot be synced (Windows, some network drives) or opened. */
const NO_FOLDER_SYNC = new Set(['EINVAL', 'EISDIR', 'EACCES', 'EPERM']);

/** Opens a file to write at its end. It makes the file and its folders if they are missing. */
export async function openSinkFile(fs: SinkFiles, path: string): Promise<SinkFile> {
  const folder = dirname(path);
  const missing = await findMissingFolders(fs.for({ action: 'look at the folder' }), folder);
  if (missing.length > 0) await fs.mkdir(folder, { recursive: true });
  const { O_WRONLY, O_CREAT } = fs.constants;
  const handle = await fs.open(path, O_WRONLY | O_CREAT);
  try {
    const { size } = await handle.stat({ bigint: true });
    // If the file is empty, its maker may have been killed before its entry was durable.
    const unsynced = size === 0n ? [folder, ...missing.map((one) => dirname(one))] : [];
    return new OpenSinkFile(fs, path, handle, Number(size), unsynced);
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}

class OpenSinkFile implements SinkFile {
  length: number;
  readonly #fs: SinkFiles;
  readonly #path: string;
  readonly #handle: SinkFileHandle;
  /** Folders with an entry that is not on the medium yet. */
  #unsyncedFolders: readonly string[];
  #isDirty = true;
  #failure: unknown;

  constructor(
    fs: SinkFiles,
    path: string,
    handle: SinkFileHandle,
    length: number,
    unsyncedFolders: readonly string[],
  ) {
    this.#fs = fs;
    this.#path = path;
    this.#handle = handle;
    this.length = length;
    this.#unsyncedFolders = unsyncedFolders;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#throwFailure();
    this.#isDirty = true;
    await writeAll(this.#handle, bytes, this.length, (length, written) => {
      const message = `could not write ${this.#path}: a write of ${length} bytes wrote ${written}; give fileSink another path`;
      return new KeepfitError('KEEPFIT_STORE_FAILED', message);
    });
    this.length += bytes.length;
  }

  async flush(): Promise<void> {
    this.#throwFailure();
    if (!this.#isDirty) return;
    try {
      await this.#handle.sync();
      for (const folder of this.#unsyncedFolders) await syncEntries(this.#fs, folder);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    this.#unsyncedFolders = [];
    this.#isDirty = false;
  }

  async truncate(length: number): Promise<void> {
    this.#throwFailure();
    this.#isDirty = true;
    await this.#handle.truncate(length);
    this.length = length;
  }

  async close(): Promise<void> {
    try {
      if (this.#failure === undefined) await this.flush();
    } finally {
      await this.#handle.close();
    }
  }

  #throwFailure(): void {
    if (this.#failure === undefined) return;
    const message = `${this.#path} is not written any more because an earlier fsync of it failed; close it, and check the disk`;
    throw new KeepfitError('KEEPFIT_STORE_FAILED', message, { cause: this.#failure });
  }
}

/** Finds the missing folders among a folder and those above it; the deepest comes first. */
async function findMissingFolders(fs: SinkFileSystem, folder: string): Promise<string[]> {
  const stats = await undefinedIfMissing(() => fs.stat(folder, { bigint: true }));
  return stats !== undefined ? [] : [folder, ...(await findMissingFolders(fs, dirname(folder)))];
}

/** Syncs the entries of a folder. If it cannot be synced, its entries are as durable as the system makes them. */
async function syncEntries(fs: SinkFiles, folder: string): Promise<void> {
  let handle: SinkFileHandle | undefined;
  try {
    handle = await fs.for({ action: 'sync the folder' }).open(folder, fs.constants.O_RDONLY);
    await handle.sync();
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(getErrorCode(error))) throw error;
  } finally {
    await handle?.close();
  }
}
