import { crc32 } from './crc32.js';

/** Takes the CRC-32 of each part of some bytes that come in pieces of any length. */
export class PartChecksums {
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
