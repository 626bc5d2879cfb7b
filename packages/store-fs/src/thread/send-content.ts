import { formatValue, isCount } from '@keepfit/callbacks/internal';
import { type CheckpointContent, type CheckpointParts, KeepfitError } from '@keepfit/callbacks/store';
import { BUFFER_SIZE, type ThreadLine } from './thread-line.js';

/**
 * Sends all bytes, or as many as the thread takes.
 *
 * @param path The path that errors name.
 */
export async function sendContent(
  line: ThreadLine,
  { chunks, parts }: CheckpointContent,
  path: string,
): Promise<void> {
  return parts === undefined ? sendChunks(line, chunks) : sendParts(line, parts, path);
}

async function sendParts(line: ThreadLine, parts: CheckpointParts, path: string): Promise<void> {
  const readInto = parts.createReader();
  for (;;) {
    const buffer = await line.takeBuffer();
    if (buffer === undefined) return;
    const length = await readInto(new Uint8Array(buffer));
    // A buffer that was given away has no bytes left, and cannot be sent.
    if (!isCount(length) || length > buffer.byteLength || buffer.byteLength === 0)
      throw createReaderError(path, length);
    if (length === 0) {
      line.returnBuffer(buffer);
      return;
    }
    line.post({ kind: 'bytes', buffer, length });
  }
}

async function sendChunks(line: ThreadLine, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    // The chunk may be any view; its bytes count.
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let offset = 0; offset < bytes.length; offset += BUFFER_SIZE) {
      const buffer = await line.takeBuffer();
      if (buffer === undefined) return;
      const part = bytes.subarray(offset, offset + BUFFER_SIZE);
      new Uint8Array(buffer).set(part);
      line.post({ kind: 'bytes', buffer, length: part.length });
    }
  }
}

/**
 * Copies the lengths of parts because a message carries plain values only.
 *
 * @param path The path that errors name.
 * @throws KEEPFIT_STORE_FAILED when the lengths, with 4 bytes for each checksum, are not `byteLength`.
 */
export function copyLengths({ lengths }: CheckpointParts, byteLength: number, path: string): number[] {
  const total = lengths.reduce((sum, length) => sum + length, 4 * lengths.length);
  if (lengths.every(isCount) && total === byteLength) return [...lengths];
  throw new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `the parts for ${path}, with 4 bytes of checksum each, must add up to the announced ${byteLength} bytes, ` +
      `but have the lengths ${formatValue(lengths)}; the old checkpoint stays`,
  );
}

function createReaderError(path: string, returned: unknown): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `the reader of the parts for ${path} must copy into its memory, keep that, and resolve to the number of bytes, ` +
      `not ${formatValue(returned)}; the old checkpoint stays`,
  );
}
