/** y = (x - mean) · factor + offset, with one mean, factor and offset a column: batch normalization. */
export function scaleColumns(x: usize, rows: i32, columns: i32, mean: usize, factor: usize, offset: usize, y: usize): void {
  const row = <usize>columns << 2;
  for (let i = rows; i > 0; i--) {
    let n: usize = 0;
    for (; n + 16 <= row; n += 16) {
      const centred = f32x4.sub(v128.load(x + n), v128.load(mean + n));
      v128.store(y + n, f32x4.add(f32x4.mul(centred, v128.load(factor + n)), v128.load(offset + n)));
    }
    for (; n < row; n += 4) {
      store<f32>(y + n, (load<f32>(x + n) - load<f32>(mean + n)) * load<f32>(factor + n) + load<f32>(offset + n));
    }
    x += row;
    y += row;
  }
}
