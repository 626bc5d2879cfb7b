import type { CheckpointParts } from '../checkpoint-store.js';
import { PartChecksums } from './part-checksums.js';

const CHUNK = 1024 * 1024;

/**
 * Yields all parts in chunks of at most 1 MiB, and after them the CRC-32 of each part.
 *
 * Every chunk is the same memory: small parts share a chunk, and what is yielded stays whole whatever becomes of the memory it came from.
 */
export async function* checkpointChunks({
  lengths,
  readInto,
}: CheckpointParts): AsyncGenerator<Uint8Array, void, undefined> {
  const total = lengths.reduce((sum, length) => sum + length, 4 * lengths.length);
  const chunk = new Uint8Array(Math.min(CHUNK, total));
  const checksums = new PartChecksums(lengths);
  let filled = await readInto(chunk);
  while (filled === chunk.byteLength) {
    checksums.add(chunk);
    yield chunk;
    filled = await readInto(chunk);
  }
  checksums.add(chunk.subarray(0, filled));
  const sums = checksums.bytes();
  for (let from = 0; from < sums.byteLength; filled = 0) {
    const piece = sums.subarray(from, from + chunk.byteLength - filled);
    chunk.set(piece, filled);
    from += piece.byteLength;
    yield chunk.subarray(0, filled + piece.byteLength);
  }
}
