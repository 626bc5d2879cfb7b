import type { CheckpointContent } from '@keepfit/callbacks';
import { attempt } from './file-error.js';
import type { TempFile } from './temp-file.js';
import { wrongLength, wrongWrite } from './write-errors.js';

/** One write takes at most 2^31 - 1 bytes. */
const LARGEST_WRITE = 2 ** 30;

/** Writes all chunks in order, each whole, and refuses another total than was announced. */
export async function writeChunks(temp: TempFile, { byteLength, chunks }: CheckpointContent): Promise<void> {
  let written = 0;
  for await (const chunk of chunks) {
    // Whatever view it is, its bytes are meant.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (written + bytes.length > byteLength) throw wrongLength(temp.path, byteLength, `${written + bytes.length} or more`);
    await attempt('write', temp.path, () => writeAll(temp, bytes, written), byteLength);
    written += bytes.length;
  }
  if (written !== byteLength) throw wrongLength(temp.path, byteLength, String(written));
}

/** A write may take a part only: the rest is written after it. */
async function writeAll({ handle, path }: TempFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const length = Math.min(bytes.length - offset, LARGEST_WRITE);
    const { bytesWritten } = await handle.write(bytes, offset, length, position + offset);
    if (!(bytesWritten > 0 && bytesWritten <= length)) throw wrongWrite(path, length, bytesWritten);
    offset += bytesWritten;
  }
}
