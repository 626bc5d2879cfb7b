/** A block of a product in float64, padded to whole blocks of 4 × 4. */
export interface Tile {
  readonly values: Float64Array;
  /** Elements from one row to the next. */
  readonly stride: number;
}

/** A tile of zeros for a product of this size. */
export function tile(rows: number, columns: number): Tile {
  const stride = (columns + 3) & ~3;
  return { values: new Float64Array(((rows + 3) & ~3) * stride), stride };
}
