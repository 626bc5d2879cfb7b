/** Copies the first `rows` × `columns` of a tile of 4 × 8 from scratch memory to the edge of a matrix. */
export function putEdge(from: usize, c: usize, cRow: usize, rows: i32, columns: i32, add: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = c + (<usize>j << 2);
      const value = load<f32>(from + (<usize>j << 2));
      store<f32>(at, add ? load<f32>(at) + value : value);
    }
    from += 32;
    c += cRow;
  }
}
