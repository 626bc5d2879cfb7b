import { KeepfitError } from '@keepfit/callbacks';
import { attempt } from './attempt.js';
import type { FileHandle, FileStats, FileSystem } from './file-system.js';
import { unlessMissing } from './unless-missing.js';

const LARGEST_READ = 2 ** 30;

/** A file's bytes and the stats they belong to. */
export interface ReadFile {
  readonly bytes: Uint8Array;
  readonly stats: FileStats;
}

/**
 * Reads a whole file into one buffer of its size; undefined where there is none. Neither follows a symbolic link nor waits at a pipe.
 * A file that changes under the reading is an error, not a mixture.
 */
export async function readFile(fs: FileSystem, path: string, maxBytes: number): Promise<ReadFile | undefined> {
  const handle = await openToRead(fs, path);
  if (handle === undefined) return undefined;
  try {
    const stats = await statsOf(handle, path);
    if (!stats.isFile()) throw new KeepfitError('KEEPFIT_STORE_FAILED', `${path} is no regular file; move it away`);
    const bytes = await readAll(handle, path, allocate(path, stats.size, maxBytes));
    const after = await statsOf(handle, path);
    if (after.size !== stats.size || after.mtimeNs !== stats.mtimeNs) throw changed(path, stats.size, after.size);
    return { bytes, stats };
  } finally {
    // What was read is read: a failed close of a file opened for reading loses nothing.
    await handle.close().catch(() => undefined);
  }
}

async function openToRead(fs: FileSystem, path: string): Promise<FileHandle | undefined> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
  return attempt('read', path, () => unlessMissing(() => fs.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)));
}

async function statsOf(handle: FileHandle, path: string): Promise<FileStats> {
  return attempt('look at', path, () => handle.stat({ bigint: true }));
}

function allocate(path: string, size: bigint, maxBytes: number): Uint8Array {
  try {
    if (size <= BigInt(maxBytes)) return new Uint8Array(Number(size));
  } catch (cause) {
    throw new KeepfitError('KEEPFIT_STORE_FAILED', `no memory for the ${size} bytes of ${path}; free some`, { cause });
  }
  const message = `${path} has ${size} bytes, more than the ${maxBytes} that can be read here; see what it is, or use a newer Node`;
  throw new KeepfitError('KEEPFIT_STORE_FAILED', message);
}

async function readAll(handle: FileHandle, path: string, bytes: Uint8Array): Promise<Uint8Array> {
  for (let offset = 0; offset < bytes.length; ) {
    const length = Math.min(bytes.length - offset, LARGEST_READ);
    const { bytesRead } = await attempt('read', path, () => handle.read(bytes, offset, length, offset));
    if (!(bytesRead > 0)) throw changed(path, BigInt(bytes.length), BigInt(offset));
    offset += bytesRead;
  }
  return bytes;
}

function changed(path: string, before: bigint, after: bigint): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `${path} was changed while it was read (${before} bytes at first, then ${after}): something other than keepfit writes into it; ` +
      'stop that and try again',
  );
}
