import type { CheckpointParts } from '../contract/checkpoint-store.js';
import { crc32 } from './crc32.js';
import { PartChecksums } from './part-checksums.js';

const CHUNK = 1024 * 1024;

/**
 * Yields all parts in chunks of at most 1 MiB, followed by the CRC-32 of each part.
 *
 * All chunks share one memory. Small parts share a chunk; a chunk stays intact even if the source of its
 * bytes changes.
 */
export async function* generateChunks({
  lengths,
  createReader,
}: CheckpointParts): AsyncGenerator<Uint8Array, void, undefined> {
  const total = lengths.reduce((sum, length) => sum + length, 4 * lengths.length);
  const chunk = new Uint8Array(Math.min(CHUNK, total));
  const checksums = new PartChecksums(lengths, crc32);
  const readInto = createReader();
  let filled = await readInto(chunk);
  while (filled === chunk.byteLength) {
    checksums.add(chunk);
    yield chunk;
    filled = await readInto(chunk);
  }
  checksums.add(chunk.subarray(0, filled));
  const sums = checksums.toBytes();
  for (let from = 0; from < sums.byteLength; filled = 0) {
    const piece = sums.subarray(from, from + chunk.byteLength - filled);
    chunk.set(piece, filled);
    from += piece.byteLength;
    yield chunk.subarray(0, filled + piece.byteLength);
  }
}
