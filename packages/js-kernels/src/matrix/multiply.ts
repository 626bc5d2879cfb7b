import { addProduct } from './add-product.js';
import type { Matrix } from './matrix.js';
import { tile } from './tile.js';

const ROWS = 128;

/** Writes a · b, where a is rows × length and b is length × columns, to `out` from `at` on, row by row. */
export function multiply(
  rows: number,
  columns: number,
  length: number,
  a: Matrix,
  b: Matrix,
  out: Float32Array,
  at: number,
): void {
  const sums = tile(Math.min(rows, ROWS), columns);
  for (let first = 0; first < rows; first += ROWS) {
    const count = Math.min(ROWS, rows - first);
    if (first > 0) sums.values.fill(0);
    addProduct(count, columns, length, { ...a, offset: a.offset + first * a.rowStride }, b, sums);
    for (let row = 0; row < count; row++) {
      const to = at + (first + row) * columns;
      const from = row * sums.stride;
      for (let column = 0; column < columns; column++)
        out[to + column] = sums.values[from + column] as number;
    }
  }
}
