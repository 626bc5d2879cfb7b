import { addBlock } from './add-block.js';
import type { Matrix, Tile } from './matrix.js';
import { packPanel } from './pack-panel.js';

/** Length of a panel: one of four rows fills a quarter of a first-level cache of 32 kB. */
const LENGTH = 256;
/** Columns packed at a time: 256 of them by 256 elements stay in a second-level cache. */
const COLUMNS = 256;

/**
 * Adds a · b to the tile; a is rows × length and b is length × columns. Sums run in float64 and in a fixed
 * order.
 */
export function addProduct(
  rows: number,
  columns: number,
  length: number,
  a: Matrix,
  b: Matrix,
  to: Tile,
): void {
  const left = new Float64Array(4 * Math.min(length, LENGTH));
  const right = new Float64Array(Math.min((columns + 3) & ~3, COLUMNS) * Math.min(length, LENGTH));
  for (let from = 0; from < length; from += LENGTH) {
    const part = Math.min(LENGTH, length - from);
    const aPart = { ...a, offset: a.offset + from * a.columnStride };
    const bPart = { ...b, offset: b.offset + from * b.rowStride };
    for (let column = 0; column < columns; column += COLUMNS) {
      const width = Math.min(COLUMNS, columns - column);
      packColumns(bPart, column, width, part, right);
      addColumns(rows, column, width, part, aPart, left, right, to);
    }
  }
}

function packColumns(b: Matrix, first: number, width: number, length: number, right: Float64Array): void {
  const { values, offset, rowStride, columnStride } = b;
  for (let column = 0; column < width; column += 4) {
    packPanel(
      values,
      offset + (first + column) * columnStride,
      columnStride,
      rowStride,
      width - column,
      length,
      right,
      column * length,
    );
  }
}

function addColumns(
  rows: number,
  first: number,
  width: number,
  length: number,
  a: Matrix,
  left: Float64Array,
  right: Float64Array,
  to: Tile,
): void {
  const { values, offset, rowStride, columnStride } = a;
  for (let row = 0; row < rows; row += 4) {
    packPanel(values, offset + row * rowStride, rowStride, columnStride, rows - row, length, left, 0);
    for (let column = 0; column < width; column += 4) {
      addBlock(
        length,
        left,
        0,
        right,
        column * length,
        to.values,
        row * to.stride + first + column,
        to.stride,
      );
    }
  }
}
