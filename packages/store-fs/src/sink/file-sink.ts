import { resolve } from 'node:path';
import { checkOptions, formatValue } from '@keepfit/callbacks/internal';
import { KeepfitError, type OutputSink } from '@keepfit/callbacks/store';
import { isFileSystem } from '../system/file-system.js';
import { createQueue } from '../system/create-queue.js';
import { getHeldFolders, type HeldFolders } from '../system/held-folders.js';
import { nodeFs } from '../system/node-fs.js';
import { withFileErrors } from '../system/with-file-errors.js';
import { openSinkFile, type SinkFile, type SinkFiles } from './sink-file.js';
import type { SinkFileHandle, SinkFileSystem } from './sink-file-system.js';
import { undefinedIfMissing } from '../system/file-errors.js';

export interface FileSinkOptions {
  /**
   * The file system to use, as `node:fs/promises` or a part of it. Give `fs.promises` of memfs to test
   * without a disk.
   *
   * @default node:fs/promises
   */
  readonly fs?: SinkFileSystem;
}

const OPERATIONS = ['open', 'stat', 'mkdir'] as const;

/**
 * Appends the output of a callback such as CSVLogger or TensorBoard to one file.
 *
 * When `append` resolves, its bytes are in the file: readers see them, and a kill of this process does not
 * undo them. `flush` also puts them on the medium (`fsync`). The first `append` makes the file and its
 * missing folders; nothing is touched before that, and the content of an existing file stays until `truncate`
 * cuts it. Overlapping calls run one after the other. `close` flushes, and a later `append` opens the file
 * again. After a failed `fsync` the content of the medium is unknown, and nothing is written until `close`.
 *
 * If the file was deleted or moved away meanwhile, `flush` makes it again with all its bytes, and warns.
 *
 * No other process may write to the file meanwhile. The sink rejects with KEEPFIT_STORE_FAILED or
 * KEEPFIT_STORE_FULL.
 *
 * @param path The file. A relative path is resolved once, against the current working directory. TensorBoard
 *   reads files with `tfevents` in their name.
 * @throws KEEPFIT_INVALID_OPTION when the path is no path or an option is unknown.
 */
export function fileSink(path: string, options: FileSinkOptions = {}): OutputSink {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `path of fileSink must be the path of a file, not ${formatValue(path)}`,
    );
  }
  checkOptions('fileSink', options, {
    fs: [
      (value) => isFileSystem(value, OPERATIONS),
      'a file system such as node:fs/promises or fs.promises of memfs',
    ],
  });
  return new FileSink(resolve(path), options.fs ?? nodeFs);
}

class FileSink implements OutputSink {
  readonly name: string;
  readonly #path: string;
  readonly #fs: SinkFiles;
  readonly #held: HeldFolders;
  readonly #queue = createQueue();
  #file: SinkFile | undefined;

  constructor(path: string, fs: SinkFileSystem) {
    this.name = path;
    this.#path = path;
    this.#fs = withFileErrors<SinkFileHandle, SinkFileSystem>(fs, 'fileSink');
    this.#held = getHeldFolders(fs);
  }

  append(text: string | Uint8Array): Promise<void> {
    // Copied because the caller may reuse its memory while the write waits for its turn.
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text.slice();
    return this.#queue.run(async () => {
      const file = await this.#open();
      await file.append(bytes);
    });
  }

  flush(): Promise<void> {
    return this.#queue.run(async () => this.#file?.flush());
  }

  position(): Promise<number> {
    return this.#queue.run(() => this.#length());
  }

  read(begin: number, end: number): Promise<Uint8Array> {
    return this.#queue.run(async () => {
      const { O_RDONLY } = this.#fs.constants;
      const handle = await undefinedIfMissing(() => this.#fs.open(this.#path, O_RDONLY));
      if (handle === undefined) return new Uint8Array();
      try {
        return await readRange(handle, begin, end);
      } finally {
        await handle.close();
      }
    });
  }

  truncate(position: number): Promise<void> {
    return this.#queue.run(async () => {
      const length = await this.#length();
      if (!(Number.isSafeInteger(position) && position >= 0 && position <= length))
        throw this.#createCutError(position, length);
      if (position === length) return;
      const file = await this.#open();
      await file.truncate(position);
    });
  }

  close(): Promise<void> {
    return this.#queue.run(async () => {
      const file = this.#file;
      this.#file = undefined;
      await file?.close();
    });
  }

  async #open(): Promise<SinkFile> {
    this.#file ??= await openSinkFile(this.#fs, this.#path, this.#held);
    return this.#file;
  }

  async #length(): Promise<number> {
    if (this.#file !== undefined) return this.#file.length;
    const stats = await undefinedIfMissing(() => this.#fs.stat(this.#path, { bigint: true }));
    return Number(stats?.size ?? 0);
  }

  #createCutError(position: number, length: number): KeepfitError {
    const message =
      `${this.#path} cannot be cut to ${formatValue(position)} bytes because it has ${length}: it is shorter than when the checkpoint of ` +
      'this training was saved. Restore the file of that training, or start over without its checkpoint';
    return new KeepfitError('KEEPFIT_STORE_FAILED', message);
  }
}

async function readRange(handle: SinkFileHandle, begin: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - begin);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, begin + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
