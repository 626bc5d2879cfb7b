import { type CheckpointContent, KeepfitError } from '@keepfit/callbacks/store';

/** Copying this much takes a page a few milliseconds at most. */
const PIECE = 2 ** 22;

/** Writes all chunks in order, large ones in pieces, and refuses another total than was announced. */
export async function writeChunks(
  { byteLength, chunks }: CheckpointContent,
  write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<void> {
  let came = 0;
  for await (const chunk of chunks) {
    came += chunk.byteLength;
    if (came > byteLength) break;
    // Whatever view it is, its bytes are meant.
    const bytes = new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength);
    for (let from = 0; from < bytes.length; from += PIECE) await write(bytes.subarray(from, from + PIECE));
  }
  if (came === byteLength) return;
  throw new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `the chunks must come to ${byteLength} bytes, not ${came}; the old checkpoint stays`,
  );
}
