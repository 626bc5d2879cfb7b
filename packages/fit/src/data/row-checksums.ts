import { crc32 } from '@keepfit/callbacks/checkpoint';
import { getRowSize, type HostArray } from './host-array.js';

/** Checksums of the first rows of each array. */
export interface SavedRows {
  /** How many rows the checksums cover. */
  readonly count: number;
  /** One for each array. */
  readonly checksums: readonly number[];
}

/** The bytes that one slice covers. A step takes longer. */
const SLICE = 2 ** 18;

/**
 * Checksums of all rows of arrays, computed slice by slice: the start and the first backups of a training do
 * not wait for them.
 */
export class RowChecksums {
  readonly #arrays: readonly HostArray[];
  readonly #samples: number;
  readonly #rowsAtOnce: number;
  #count = 0;
  #checksums: number[];

  constructor(arrays: readonly HostArray[], samples: number) {
    this.#arrays = arrays;
    this.#samples = samples;
    const rowBytes = arrays.reduce((sum, array) => sum + getRowSize(array) * array.data.BYTES_PER_ELEMENT, 0);
    this.#rowsAtOnce = Math.max(1, Math.floor(SLICE / Math.max(1, rowBytes)));
    this.#checksums = arrays.map(() => 0);
  }

  /** Begins again with the first row. */
  startOver(): void {
    this.#count = 0;
    this.#checksums = this.#arrays.map(() => 0);
  }

  /** The checksums so far. */
  get saved(): SavedRows {
    return { count: this.#count, checksums: [...this.#checksums] };
  }

  /** Covers the rows of one more slice, but none from row `end` on. Whether rows before `end` are left. */
  advance(end = this.#samples): boolean {
    const from = this.#count;
    const to = Math.min(from + this.#rowsAtOnce, end, this.#samples);
    if (to > from) {
      this.#checksums = this.#arrays.map((array, index) =>
        crc32(viewRows(array, from, to), this.#checksums[index]),
      );
      this.#count = to;
    }
    return this.#count < Math.min(end, this.#samples);
  }
}

function viewRows(array: HostArray, from: number, to: number): Uint8Array {
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = array.data;
  const rowBytes = getRowSize(array) * BYTES_PER_ELEMENT;
  return new Uint8Array(buffer, byteOffset + from * rowBytes, (to - from) * rowBytes);
}
