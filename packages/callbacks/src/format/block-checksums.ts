import { createJoin } from './join-checksums.js';

type Checksum = (bytes: Uint8Array, seed: number) => number;

/** In bytes. Small, because the checksum of a range reads its blocks at both ends again. */
const BLOCK = 64 * 1024;

/** Computes the CRC-32 of each block of some bytes, from which that of any range follows. */
export class BlockChecksums {
  readonly #crc32: Checksum;
  readonly #join = createJoin(BLOCK);
  /** The last one is of a block that is not full. */
  readonly #checksums = [0];
  #filled = 0;

  /** @param crc32 Continues from the CRC-32 of the bytes before, as zlib's does. */
  constructor(crc32: Checksum) {
    this.#crc32 = crc32;
  }

  /** Adds the next bytes. */
  add(piece: Uint8Array): void {
    for (let from = 0; from < piece.byteLength;) {
      const to = Math.min(from + BLOCK - this.#filled, piece.byteLength);
      const last = this.#checksums.length - 1;
      this.#checksums[last] = this.#crc32(piece.subarray(from, to), this.#checksums[last] ?? 0);
      this.#filled += to - from;
      if (this.#filled === BLOCK) {
        this.#checksums.push(0);
        this.#filled = 0;
      }
      from = to;
    }
  }

  /** Returns the CRC-32 of all bytes so far. */
  joinAll(): number {
    const last = this.#checksums.length - 1;
    return createJoin(this.#filled)(this.#joinBlocks(0, 0, last), this.#checksums[last] ?? 0);
  }

  /** Returns the CRC-32 of a range of `bytes`, which are those that were added. */
  joinRange(bytes: Uint8Array, from: number, to: number): number {
    const first = Math.ceil(from / BLOCK);
    const end = Math.floor(to / BLOCK);
    if (first >= end) return this.#crc32(bytes.subarray(from, to), 0);
    const start = this.#crc32(bytes.subarray(from, first * BLOCK), 0);
    return this.#crc32(bytes.subarray(end * BLOCK, to), this.#joinBlocks(start, first, end));
  }

  #joinBlocks(before: number, first: number, end: number): number {
    let crc = before;
    for (let block = first; block < end; block++) crc = this.#join(crc, this.#checksums[block] ?? 0);
    return crc;
  }
}
