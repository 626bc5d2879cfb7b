import type { CheckpointParts } from '../contract/checkpoint-store.js';
import { crc32 } from './crc32.js';

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

/** Takes the CRC-32 of each part of some bytes that come in pieces of any length. */
class PartChecksums {
  readonly #lengths: readonly number[];
  readonly #checksums: DataView;
  #index = 0;
  #left: number;

  constructor(lengths: readonly number[]) {
    this.#lengths = lengths;
    this.#checksums = new DataView(new ArrayBuffer(4 * lengths.length));
    this.#left = lengths[0] ?? 0;
  }

  add(piece: Uint8Array): void {
    for (let from = 0; from < piece.byteLength;) {
      while (this.#left === 0) this.#left = this.#lengths[++this.#index] ?? Infinity;
      const to = Math.min(from + this.#left, piece.byteLength);
      this.#checksums.setUint32(
        4 * this.#index,
        crc32(piece.subarray(from, to), this.#checksums.getUint32(4 * this.#index, true)),
        true,
      );
      this.#left -= to - from;
      from = to;
    }
  }

  /** 4 bytes little-endian for each part; 0 for those of no bytes. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#checksums.buffer);
  }
}
