import { KeepfitError } from '@keepfit/callbacks/store';
import { undefinedIfMissing } from './file-errors.js';
import type { FileHandle, FileStats, FileSystem } from './file-system.js';

/**
 * Pieces are read in parallel: from the system's cache several threads are faster because each also has to
 * get its memory. So small that the processor still has a piece at hand when its checksum is computed.
 */
const PIECE = 2 ** 21;
const PARALLEL_READS = 4;

/** The bytes of a file and the stats that belong to them. */
export interface ReadFile {
  readonly bytes: Uint8Array;
  readonly stats: FileStats;
}

/**
 * Reads a whole file into one buffer of its size; undefined if there is none. It does not follow a symbolic
 * link or wait at a pipe. A file that changes during the read is an error, not a mixture.
 *
 * @param onPiece Gets all bytes, piece by piece in their order, while more are read.
 */
export async function readFile(
  fs: FileSystem,
  path: string,
  maxBytes: number,
  onPiece?: (piece: Uint8Array) => void,
): Promise<ReadFile | undefined> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
  const handle = await undefinedIfMissing(() => fs.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  if (handle === undefined) return undefined;
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile())
      throw new KeepfitError('KEEPFIT_STORE_FAILED', `${path} is no regular file; move it away`);
    const bytes = await readAll(handle, path, allocate(path, stats.size, maxBytes), onPiece);
    const after = await handle.stat({ bigint: true });
    if (
      after.size !== stats.size ||
      (after.mtimeNs !== stats.mtimeNs && !(await isSame(handle, path, bytes)))
    )
      throw changedError(path, stats.size, after.size);
    return { bytes, stats: after };
  } finally {
    // All bytes are read: if the close of a file opened for reading fails, nothing is lost.
    await handle.close().catch(() => undefined);
  }
}

/**
 * Whether the file still has these bytes. Its time may change by itself: some file systems settle it late, or
 * round it when their cache is emptied.
 */
async function isSame(handle: FileHandle, path: string, bytes: Uint8Array): Promise<boolean> {
  const again = await readAll(handle, path, new Uint8Array(bytes.length));
  return Buffer.compare(bytes, again) === 0;
}

function allocate(path: string, size: bigint, maxBytes: number): Uint8Array {
  try {
    if (size <= BigInt(maxBytes)) return new Uint8Array(Number(size));
  } catch (cause) {
    throw new KeepfitError('KEEPFIT_STORE_FAILED', `no memory for the ${size} bytes of ${path}; free some`, {
      cause,
    });
  }
  const message = `${path} has ${size} bytes, more than the ${maxBytes} that can be read here; check the file, or use a newer Node`;
  throw new KeepfitError('KEEPFIT_STORE_FAILED', message);
}

async function readAll(
  handle: FileHandle,
  path: string,
  bytes: Uint8Array,
  onPiece: (piece: Uint8Array) => void = () => undefined,
): Promise<Uint8Array> {
  let next = 0;
  /** The ends of pieces that are read, by their begin, and how far there is no gap. */
  const read = new Map<number, number>();
  let at = 0;
  const readPieces = async (): Promise<void> => {
    while (next < bytes.length) {
      const from = next;
      next += PIECE;
      const to = Math.min(from + PIECE, bytes.length);
      await readPiece(handle, path, bytes, from, to);
      read.set(from, to);
      for (let end = read.get(at); end !== undefined; end = read.get(at)) {
        onPiece(bytes.subarray(at, end));
        at = end;
      }
    }
  };
  // Also if one fails, all must have ended before the file is closed.
  const ends = await Promise.allSettled(Array.from({ length: PARALLEL_READS }, readPieces));
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
    const { bytesRead } = await handle.read(bytes, offset, end - offset, offset);
    if (!(bytesRead > 0)) throw changedError(path, BigInt(bytes.length), BigInt(offset));
    offset += bytesRead;
  }
}

function changedError(path: string, before: bigint, after: bigint): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `${path} was changed while it was read (${before} bytes at first, then ${after}): something other than keepfit writes into it; ` +
      'stop that and try again',
  );
}
