import type { CheckpointContent } from '@keepfit/callbacks/store';
import { attempt } from '../system/with-file-errors.js';
import type { TempFile } from './temp-file.js';
import { writeAll } from './write-all.js';
import { wrongLength } from './write-errors.js';

/** Writes all chunks in order, each whole, and refuses another total than was announced. */
export async function writeChunks(temp: TempFile, { byteLength, chunks }: CheckpointContent): Promise<void> {
  let written = 0;
  for await (const chunk of chunks) {
    // Whatever view it is, its bytes are meant.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (written + bytes.length > byteLength)
      throw wrongLength(temp.path, byteLength, `${written + bytes.length} or more`);
    await attempt('write', temp.path, () => writeAll(temp, bytes, written), byteLength);
    written += bytes.length;
  }
  if (written !== byteLength) throw wrongLength(temp.path, byteLength, String(written));
}
