import { dirname } from 'node:path';
import { printWarning } from '@keepfit/callbacks/internal';
import { KeepfitError } from '@keepfit/callbacks/store';
import { getErrorCode, undefinedIfMissing } from '../system/file-errors.js';
import type { WithFileErrors } from '../system/with-file-errors.js';
import type { HeldFolders } from '../system/held-folders.js';
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

/** In bytes. */
const PIECE = 1024 * 1024;

/** Codes that say that a folder cannot be synced (Windows, some network drives) or opened. */
const NO_FOLDER_SYNC = new Set(['EINVAL', 'EISDIR', 'EACCES', 'EPERM']);

/** A file that was just opened. */
interface Opened {
  readonly handle: SinkFileHandle;
  /** In bytes. */
  readonly length: number;
  /** Folders with an entry that may not be on the medium yet. */
  readonly unsyncedFolders: readonly string[];
}

/** Opens a file to write at its end. It makes the file and its folders if they are missing. */
export async function openSinkFile(fs: SinkFiles, path: string, held: HeldFolders): Promise<SinkFile> {
  return new OpenSinkFile(fs, path, held, await openFile(fs, path, held));
}

async function openFile(fs: SinkFiles, path: string, held: HeldFolders): Promise<Opened> {
  const folder = dirname(path);
  // A file in a folder that is about to go would keep the folder, without the locks in it.
  await held.restore(folder);
  const missing = await findMissingFolders(fs.for({ action: 'look at the folder' }), folder);
  for (const one of [...missing].reverse()) await held.restore(one);
  if (missing.length > 0) await fs.mkdir(folder, { recursive: true });
  const { O_RDWR, O_CREAT } = fs.constants;
  const handle = await fs.open(path, O_RDWR | O_CREAT);
  try {
    const { size } = await handle.stat({ bigint: true });
    // If the file is empty, its maker may have been killed before its entry was durable.
    const unsynced = size === 0n ? [folder, ...missing.map((one) => dirname(one))] : [];
    return { handle, length: Number(size), unsyncedFolders: unsynced };
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}

class OpenSinkFile implements SinkFile {
  length: number;
  readonly #fs: SinkFiles;
  readonly #path: string;
  readonly #held: HeldFolders;
  #handle: SinkFileHandle;
  #unsyncedFolders: readonly string[];
  #isDirty = true;
  #failure: unknown;

  constructor(fs: SinkFiles, path: string, held: HeldFolders, { handle, length, unsyncedFolders }: Opened) {
    this.#fs = fs;
    this.#path = path;
    this.#held = held;
    this.#handle = handle;
    this.length = length;
    this.#unsyncedFolders = unsyncedFolders;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#throwFailure();
    this.#isDirty = true;
    await writeAll(this.#handle, bytes, this.length, (...counts) => this.#createWriteError(...counts));
    this.length += bytes.length;
  }

  async flush(): Promise<void> {
    this.#throwFailure();
    if (await this.#isMissing()) await this.#makeAgain();
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

  /**
   * Whether the path leads to nothing any more, or to a new and empty file. Then the rows go into a file that
   * nobody can open. Inode numbers would not tell: on many file systems they change by themselves.
   */
  async #isMissing(): Promise<boolean> {
    const size = await this.#getSizeAtPath();
    if (size >= this.length) return false;
    if (size === 0) return true;
    const message =
      `${this.#path} has only ${size} of the ${this.length} bytes that were written: something replaced or cut it meanwhile. ` +
      'Let nothing else write there, or give fileSink another path';
    throw new KeepfitError('KEEPFIT_STORE_FAILED', message);
  }

  async #getSizeAtPath(): Promise<number> {
    try {
      return Number((await this.#fs.stat(this.#path, { bigint: true })).size);
    } catch (error) {
      // Any other error hides what is there.
      return ['ENOENT', 'ENOTDIR'].includes(getErrorCode(error)) ? 0 : this.length;
    }
  }

  /** Makes the file again, with everything that was written to the one that was deleted or moved away. */
  async #makeAgain(): Promise<void> {
    const { handle, unsyncedFolders } = await openFile(this.#fs, this.#path, this.#held);
    try {
      await this.#copyTo(handle);
    } catch (error) {
      // The next flush tries again.
      await handle.truncate(0).catch(() => undefined);
      await handle.close().catch(() => undefined);
      throw error;
    }
    const old = this.#handle;
    this.#handle = handle;
    this.#unsyncedFolders = unsyncedFolders;
    this.#isDirty = true;
    printWarning(
      `keepfit: ${this.#path} was deleted or moved away while it was written; it was made again with all its ${this.length} bytes. ` +
        'Leave it in its place until the training has ended',
    );
    await old.close().catch(() => undefined);
  }

  async #copyTo(target: SinkFileHandle): Promise<void> {
    const buffer = new Uint8Array(Math.min(this.length, PIECE));
    for (let offset = 0; offset < this.length;) {
      const length = Math.min(buffer.length, this.length - offset);
      const { bytesRead } = await this.#handle.read(buffer, 0, length, offset);
      if (!(bytesRead > 0)) throw this.#createLostError(offset);
      await writeAll(target, buffer.subarray(0, bytesRead), offset, (...counts) =>
        this.#createWriteError(...counts),
      );
      offset += bytesRead;
    }
  }

  #createLostError(found: number): KeepfitError {
    const message =
      `${this.#path} was emptied or deleted while it was written, and only ${found} of its ${this.length} bytes can still be read. ` +
      'Let nothing else write there, or give fileSink another path';
    return new KeepfitError('KEEPFIT_STORE_FAILED', message);
  }

  #createWriteError(length: number, written: number): KeepfitError {
    const message = `could not write ${this.#path}: a write of ${length} bytes wrote ${written}; give fileSink another path`;
    return new KeepfitError('KEEPFIT_STORE_FAILED', message);
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

/**
 * Syncs the entries of a folder. If it cannot be synced, its entries are as durable as the system makes them.
 */
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
