import type { KeepfitError } from '@keepfit/callbacks/store';
import type { FileHandle } from './file-system.js';

/** One write takes at most 2^31 - 1 bytes. */
const LARGEST_WRITE = 2 ** 30;

/**
 * Writes all bytes at a position; the rest after a short write too.
 *
 * @param createError Creates the error for a write that claims to have written nothing, or more than it was given.
 */
export async function writeAll(
  handle: Pick<FileHandle, 'write'>,
  bytes: Uint8Array,
  position: number,
  createError: (length: number, written: number) => KeepfitError,
): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    const length = Math.min(bytes.length - offset, LARGEST_WRITE);
    const { bytesWritten } = await handle.write(bytes, offset, length, position + offset);
    if (!(bytesWritten > 0 && bytesWritten <= length)) throw createError(length, bytesWritten);
    offset += bytesWritten;
  }
}
