import { resolve } from 'node:path';
import * as nodeFs from 'node:fs/promises';
import { checkOptions, formatValue } from '@keepfit/callbacks/internal';
import { KeepfitError, type OutputSink } from '@keepfit/callbacks/store';
import { isFileSystem } from '../system/is-file-system.js';
import { createQueue } from '../system/create-queue.js';
import { openSinkFile, type SinkFile } from './sink-file.js';
import type { SinkFileSystem } from './sink-file-system.js';
import { sinkStep } from './sink-step.js';
import { undefinedIfMissing } from '../system/undefined-if-missing.js';

export interface FileSinkOptions {
  /**
   * The file system to use, as `node:fs/promises` or a part of it. Give `fs.promises` of memfs to test without a disk.
   *
   * @default node:fs/promises
   */
  readonly fs?: SinkFileSystem;
}

const OPERATIONS = ['open', 'stat', 'mkdir'] as const;

/**
 * Writes what a callback such as CSVLogger or TensorBoard puts out to the end of one file.
 *
 * Each `append` is in the file, for readers and after a kill of this process, when it resolves; `flush` puts it on the medium too
 * (`fsync`). The file and its missing folders are made by the first `append`; before that nothing is touched, and what an existing file
 * holds stays until it is cut by `truncate`. Calls that overlap run one after the other. `close` flushes, and a later `append` opens the
 * file again. After a failed `fsync` what is on the medium is unknown, and nothing is written until `close`.
 *
 * No other process may write to the file meanwhile.
 *
 * @param path The file. A relative one is resolved once, against the working directory of now. Files of TensorBoard need `tfevents` in
 *   their name.
 * @throws KEEPFIT_INVALID_OPTION; what it returns rejects with KEEPFIT_STORE_FAILED and KEEPFIT_STORE_FULL.
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
  readonly #path: string;
  readonly #fs: SinkFileSystem;
  readonly #queue = createQueue();
  #file: SinkFile | undefined;

  constructor(path: string, fs: SinkFileSystem) {
    this.#path = path;
    this.#fs = fs;
  }

  append(text: string | Uint8Array): Promise<void> {
    // Copied, for the caller may use its memory again while the write waits for its turn.
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

  truncate(position: number): Promise<void> {
    return this.#queue.run(async () => {
      const length = await this.#length();
      if (!(Number.isSafeInteger(position) && position >= 0 && position <= length))
        throw this.#cannotCut(position, length);
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
    this.#file ??= await openSinkFile(this.#fs, this.#path);
    return this.#file;
  }

  async #length(): Promise<number> {
    if (this.#file !== undefined) return this.#file.length;
    const stats = await sinkStep('look at', this.#path, () =>
      undefinedIfMissing(() => this.#fs.stat(this.#path, { bigint: true })),
    );
    return Number(stats?.size ?? 0);
  }

  #cannotCut(position: number, length: number): KeepfitError {
    const message =
      `${this.#path} cannot be cut to ${formatValue(position)} bytes, for it has ${length}: it is shorter than when the training that is ` +
      'continued was saved. Put the file of that training back, or begin anew without its checkpoint';
    return new KeepfitError('KEEPFIT_STORE_FAILED', message);
  }
}
