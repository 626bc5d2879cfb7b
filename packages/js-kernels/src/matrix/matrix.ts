import type { Values } from '../memory.js';

/** A matrix viewed in an array; swapped strides give its transpose. */
export interface Matrix {
  readonly values: Values;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** A block of a product in float64, padded to whole blocks of 4 × 4. */
export interface Tile {
  readonly values: Float64Array;
  /** Elements from one row to the next. */
  readonly stride: number;
}

/** Creates a tile of zeros for a product of this size. */
export function createTile(rows: number, columns: number): Tile {
  const stride = (columns + 3) & ~3;
  return { values: new Float64Array(((rows + 3) & ~3) * stride), stride };
}
