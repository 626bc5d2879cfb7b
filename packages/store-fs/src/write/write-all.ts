import type { TempFile } from './temp-file.js';
import { wrongWrite } from './write-errors.js';

/** One write takes at most 2^31 - 1 bytes. */
const LARGEST_WRITE = 2 ** 30;

/** A write may take a part only: the rest is written after it. */
export async function writeAll(
  { handle, path }: TempFile,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    const length = Math.min(bytes.length - offset, LARGEST_WRITE);
    const { bytesWritten } = await handle.write(bytes, offset, length, position + offset);
    if (!(bytesWritten > 0 && bytesWritten <= length)) throw wrongWrite(path, length, bytesWritten);
    offset += bytesWritten;
  }
}
