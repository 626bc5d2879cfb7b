type Checksum = (bytes: Uint8Array, seed: number) => number;

/** Computes the CRC-32 of each part of a content from pieces of any length. */
export class PartChecksums {
  readonly #lengths: readonly number[];
  readonly #crc32: Checksum;
  readonly #checksums: DataView;
  #index = 0;
  #left: number;

  /**
   * @param lengths The length of each part in bytes.
   * @param crc32 Continues from the CRC-32 of the bytes before, as zlib's does.
   */
  constructor(lengths: readonly number[], crc32: Checksum) {
    this.#lengths = lengths;
    this.#crc32 = crc32;
    this.#checksums = new DataView(new ArrayBuffer(4 * lengths.length));
    this.#left = lengths[0] ?? 0;
  }

  /** Adds the next bytes. Bytes after the last part are ignored: the writer refuses their number. */
  add(piece: Uint8Array): void {
    for (let from = 0; from < piece.byteLength;) {
      while (this.#left === 0) this.#left = this.#lengths[++this.#index] ?? Infinity;
      if (this.#left === Infinity) return;
      const to = Math.min(from + this.#left, piece.byteLength);
      const at = 4 * this.#index;
      const before = this.#checksums.getUint32(at, true);
      this.#checksums.setUint32(at, this.#crc32(piece.subarray(from, to), before), true);
      this.#left -= to - from;
      from = to;
    }
  }

  /** 4 bytes little-endian for each part; 0 for an empty part. */
  toBytes(): Uint8Array {
    return new Uint8Array(this.#checksums.buffer);
  }
}
