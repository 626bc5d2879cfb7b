import { KeepfitError } from '@keepfit/callbacks/store';
import { attempt } from './system/with-file-errors.js';
import type { FileHandle, FileStats, FileSystem } from './system/file-system.js';
import { undefinedIfMissing } from './system/undefined-if-missing.js';

/** Read at once: from the system's cache several threads are faster, as each also has to be given its memory. */
const PIECE = 2 ** 23;
const AT_ONCE = 4;

/** A file's bytes and the stats they belong to. */
export interface ReadFile {
  readonly bytes: Uint8Array;
  readonly stats: FileStats;
}

/**
 * Reads a whole file into one buffer of its size; undefined where there is none. Neither follows a symbolic link nor waits at a pipe.
 * A file that changes under the reading is an error, not a mixture.
 */
export async function readFile(
  fs: FileSystem,
  path: string,
  maxBytes: number,
): Promise<ReadFile | undefined> {
  const handle = await openToRead(fs, path);
  if (handle === undefined) return undefined;
  try {
    const stats = await statsOf(handle, path);
    if (!stats.isFile())
      throw new KeepfitError('KEEPFIT_STORE_FAILED', `${path} is no regular file; move it away`);
    const bytes = await readAll(handle, path, allocate(path, stats.size, maxBytes));
    const after = await statsOf(handle, path);
    if (after.size !== stats.size || after.mtimeNs !== stats.mtimeNs)
      throw changed(path, stats.size, after.size);
    return { bytes, stats };
  } finally {
    // What was read is read: a failed close of a file opened for reading loses nothing.
    await handle.close().catch(() => undefined);
  }
}

async function openToRead(fs: FileSystem, path: string): Promise<FileHandle | undefined> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
  return attempt('read', path, () =>
    undefinedIfMissing(() => fs.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)),
  );
}

async function statsOf(handle: FileHandle, path: string): Promise<FileStats> {
  return attempt('look at', path, () => handle.stat({ bigint: true }));
}

function allocate(path: string, size: bigint, maxBytes: number): Uint8Array {
  try {
    if (size <= BigInt(maxBytes)) return new Uint8Array(Number(size));
  } catch (cause) {
    throw new KeepfitError('KEEPFIT_STORE_FAILED', `no memory for the ${size} bytes of ${path}; free some`, {
      cause,
    });
  }
  const message = `${path} has ${size} bytes, more than the ${maxBytes} that can be read here; see what it is, or use a newer Node`;
  throw new KeepfitError('KEEPFIT_STORE_FAILED', message);
}

async function readAll(handle: FileHandle, path: string, bytes: Uint8Array): Promise<Uint8Array> {
  let next = 0;
  const readOn = async (): Promise<void> => {
    while (next < bytes.length) {
      const from = next;
      next += PIECE;
      await readPiece(handle, path, bytes, from, Math.min(from + PIECE, bytes.length));
    }
  };
  // All have ended before the file is closed, also where one fails.
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, readOn));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return bytes;
}

async function readPiece(
  handle: FileHandle,
  path: string,
  bytes: Uint8Array,
  from: number,
  end: number,
): Promise<void> {
  for (let offset = from; offset < end;) {
    const { bytesRead } = await attempt('read', path, () => handle.read(bytes, offset, end - offset, offset));
    if (!(bytesRead > 0)) throw changed(path, BigInt(bytes.length), BigInt(offset));
    offset += bytesRead;
  }
}

function changed(path: string, before: bigint, after: bigint): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `${path} was changed while it was read (${before} bytes at first, then ${after}): something other than keepfit writes into it; ` +
      'stop that and try again',
  );
}
