import { dirname } from 'node:path';
import { KeepfitError } from '@keepfit/callbacks/store';
import { codeOf } from '../system/code-of.js';
import type { SinkFileHandle, SinkFileSystem } from './sink-file-system.js';
import { sinkStep } from './sink-step.js';
import { undefinedIfMissing } from '../system/undefined-if-missing.js';

/** A file that is open for fileSink. */
export interface SinkFile {
  /** In bytes; what a write that failed has left behind is not counted, and is overwritten by the next. */
  readonly length: number;
  append(bytes: Uint8Array): Promise<void>;
  flush(): Promise<void>;
  truncate(length: number): Promise<void>;
  /** Flushes, and closes whatever comes of that. */
  close(): Promise<void>;
}

/** Opens a file to write at its end, and makes it and its folders where they are missing. */
export async function openSinkFile(fs: SinkFileSystem, path: string): Promise<SinkFile> {
  const folder = dirname(path);
  const missing = await missingFolders(fs, folder);
  if (missing.length > 0)
    await sinkStep('make the folder', folder, () => fs.mkdir(folder, { recursive: true }));
  const { O_WRONLY, O_CREAT } = fs.constants;
  const handle = await sinkStep('open', path, () => fs.open(path, O_WRONLY | O_CREAT));
  try {
    const { size } = await sinkStep('look at', path, () => handle.stat({ bigint: true }));
    // Whoever made an empty file may have been killed before its entry was durable.
    const unsynced = size === 0n ? [folder, ...missing.map((one) => dirname(one))] : [];
    return new OpenSinkFile(fs, path, handle, Number(size), unsynced);
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}

class OpenSinkFile implements SinkFile {
  length: number;
  readonly #fs: SinkFileSystem;
  readonly #path: string;
  readonly #handle: SinkFileHandle;
  /** Folders with an entry that is not on the medium yet. */
  #unsyncedFolders: readonly string[];
  #isDirty = true;
  #failure: unknown;

  constructor(
    fs: SinkFileSystem,
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
    await sinkStep('write to', this.#path, async () => {
      for (let offset = 0; offset < bytes.length;) {
        const length = bytes.length - offset;
        const { bytesWritten } = await this.#handle.write(bytes, offset, length, this.length + offset);
        if (!(bytesWritten > 0 && bytesWritten <= length))
          throw new Error(`a write of ${length} bytes wrote ${bytesWritten}`);
        offset += bytesWritten;
      }
    });
    this.length += bytes.length;
  }

  async flush(): Promise<void> {
    this.#throwFailure();
    if (!this.#isDirty) return;
    try {
      await sinkStep('sync', this.#path, () => this.#handle.sync());
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
    await sinkStep('cut', this.#path, () => this.#handle.truncate(length));
    this.length = length;
  }

  async close(): Promise<void> {
    try {
      if (this.#failure === undefined) await this.flush();
    } finally {
      await sinkStep('close', this.#path, () => this.#handle.close());
    }
  }

  #throwFailure(): void {
    if (this.#failure === undefined) return;
    const message = `${this.#path} is not written any more, for an earlier fsync of it failed; close it, and see to the disk`;
    throw new KeepfitError('KEEPFIT_STORE_FAILED', message, { cause: this.#failure });
  }
}

/** A folder and those above it, as far as they are not there; the deepest first. */
async function missingFolders(fs: SinkFileSystem, folder: string): Promise<string[]> {
  const stats = await sinkStep('look at the folder', folder, () =>
    undefinedIfMissing(() => fs.stat(folder, { bigint: true })),
  );
  return stats !== undefined ? [] : [folder, ...(await missingFolders(fs, dirname(folder)))];
}

/** Where folders cannot be synced (Windows, some network drives) or opened, their entries are as durable as the system makes them. */
async function syncEntries(fs: SinkFileSystem, folder: string): Promise<void> {
  await sinkStep('sync the folder', folder, async () => {
    let handle: SinkFileHandle | undefined;
    try {
      handle = await fs.open(folder, fs.constants.O_RDONLY);
      await handle.sync();
    } catch (error) {
      if (!['EINVAL', 'EISDIR', 'EACCES', 'EPERM'].includes(codeOf(error))) throw error;
    } finally {
      await handle?.close();
    }
  });
}
