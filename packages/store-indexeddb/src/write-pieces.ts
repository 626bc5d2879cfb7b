import { type CheckpointContent, KeepfitError } from '@keepfit/callbacks/store';

/** Cloning this much takes a page a few milliseconds at most. */
const PIECE = 2 ** 21;

/**
 * Cuts chunks of any size into pieces of 2 MiB, the last one shorter, and has each taken before the next is filled. Resolves to their
 * number. `write` may keep nothing of what it is given, for the memory is used again.
 *
 * @throws KEEPFIT_STORE_FAILED where the chunks do not add up, and what they and `write` throw.
 */
export async function writePieces(
  { byteLength, chunks }: CheckpointContent,
  write: (piece: Uint8Array<ArrayBuffer>, index: number) => Promise<void>,
): Promise<number> {
  const buffer = new Uint8Array(Math.min(PIECE, byteLength));
  let [came, filled, pieces] = [0, 0, 0];
  for await (const chunk of chunks) {
    came += chunk.byteLength;
    if (came > byteLength) break;
    for (let from = 0; from < chunk.byteLength;) {
      // Whatever view it is, its bytes are meant.
      const part = new Uint8Array(
        chunk.buffer,
        chunk.byteOffset + from,
        Math.min(chunk.byteLength - from, buffer.length - filled),
      );
      buffer.set(part, filled);
      [from, filled] = [from + part.length, filled + part.length];
      if (filled < buffer.length) continue;
      await write(buffer, pieces++);
      filled = 0;
    }
  }
  if (came !== byteLength) {
    throw new KeepfitError(
      'KEEPFIT_STORE_FAILED',
      `the chunks must come to ${byteLength} bytes, not ${came}; the old checkpoint stays`,
    );
  }
  if (filled > 0) await write(buffer.subarray(0, filled), pieces++);
  return pieces;
}
