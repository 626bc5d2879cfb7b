/** Where the number of this index stands. The inverse of `indexIn`. */
export function flatIn(shape: readonly number[], index: readonly number[]): number {
  return shape.reduce((flat, length, axis) => flat * length + (index[axis] ?? 0), 0);
}
