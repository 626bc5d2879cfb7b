import { constants as buffer } from 'node:buffer';
import { constants, type FileHandle, open } from 'node:fs/promises';
import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';

/** The most bytes that one read can take; larger ones are read in parts. */
const LARGEST_READ = 2 ** 30;
/** How much of a large file is in memory at a time. */
const PIECE = 4 * 2 ** 20;

/** What to give instead of a file that cannot be read. */
const CHECKPOINT = 'give a checkpoint file or its folder';

/** A regular file that is open for reading. */
export interface OpenFile {
  readonly byteLength: number;
  /** Reads these bytes into new memory. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * Opens a file, and closes it after `use`. If a training replaces its checkpoint meanwhile, all reads are from
 * the whole old one.
 *
 * @throws KEEPFIT_STORE_FAILED when the file cannot be read.
 */
export async function withFile<Result>(
  path: string,
  use: (file: OpenFile) => Promise<Result>,
  advice = CHECKPOINT,
): Promise<Result> {
  try {
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new Error('it is no regular file');
      return await use({
        byteLength: stats.size,
        read: (offset, length) => read(handle, offset, length),
      });
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (isKeepfitError(cause)) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT'
        ? `there is no such file or folder${advice === CHECKPOINT ? ' (a training that completed deletes its backup)' : ''}`
        : code === 'EACCES' || code === 'EPERM'
          ? `you have no permission (${code})`
          : (code ?? message);
    throw new KeepfitError('KEEPFIT_STORE_FAILED', `could not read ${path}: ${reason}; ${advice}`, { cause });
  }
}

async function read(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  if (length > buffer.MAX_LENGTH)
    throw new Error(`it has ${length} bytes in one piece, more than this Node can hold`);
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(
      bytes,
      done,
      Math.min(length - done, LARGEST_READ),
      offset + done,
    );
    if (bytesRead === 0) throw new Error('it became shorter while it was read');
    done += bytesRead;
  }
  return bytes;
}

/** Reads a part of a file in pieces, so that a large file is never in memory as a whole. */
export async function* readPieces(
  file: OpenFile,
  begin: number,
  end: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = begin; at < end; at += PIECE) yield await file.read(at, Math.min(PIECE, end - at));
}
