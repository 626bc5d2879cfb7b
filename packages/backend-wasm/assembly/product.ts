import { putEdge } from './edge';
import { tile } from './tile';

/** Rows of B at a time: a panel of them stays in the first cache. */
const DEPTH: i32 = 256;
/** Rows of A at a time: they stay in the second cache. */
const ROWS: i32 = 64;

/**
 * C = A · B of one pair of matrices. Element (m, k) of A lies at `a + m · aRow + k · aK`, B is in the panels
 * of `pack`, a row of C begins `cRow` bytes after the last. `scratch` holds 128 bytes.
 */
export function product(
  a: usize,
  aRow: usize,
  aK: usize,
  panels: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  scratch: usize,
): void {
  for (let k = 0; k < max(depth, 1); k += DEPTH) {
    const run = min(DEPTH, depth - k);
    for (let m = 0; m < rows; m += ROWS) {
      const end = min(rows, m + ROWS);
      for (let n = 0; n < columns; n += 8) {
        const b = panels + ((<usize>n >> 3) * <usize>depth + <usize>k) * 32;
        band(a + <usize>k * aK, aRow, aK, b, run, m, end, c + (<usize>n << 2), cRow, min(8, columns - n), k > 0, scratch);
      }
    }
  }
}

/** Rows `from` to `to` of 8 columns of C. */
function band(
  a: usize,
  aRow: usize,
  aK: usize,
  b: usize,
  depth: i32,
  from: i32,
  to: i32,
  c: usize,
  cRow: usize,
  width: i32,
  add: bool,
  scratch: usize,
): void {
  for (let m = from; m < to; m += 4) {
    const first = a + <usize>m * aRow;
    const target = c + <usize>m * cRow;
    const left = to - m;
    const whole = left >= 4 && width === 8;
    // Rows beyond the last repeat the first, and are left out.
    const d1 = left > 1 ? aRow : 0;
    const d2 = left > 2 ? aRow << 1 : 0;
    const d3 = left > 3 ? aRow * 3 : 0;
    tile(first, d1, d2, d3, false, aK, 0, b, 32, 0, depth, 1, whole ? target : scratch, whole ? cRow : 32, whole && add);
    if (!whole) putEdge(scratch, target, cRow, min(4, left), width, add);
  }
}
