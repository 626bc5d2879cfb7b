/**
 * Adds a row to every row of a matrix, in place, and with `relu` replaces negative sums by zero. NaN stays
 * NaN.
 */
export function addBias(y: usize, rows: i32, columns: i32, bias: usize, relu: bool): void {
  const zero = f32x4.splat(0);
  for (let i = rows; i > 0; i--) {
    let at = bias;
    let n = columns;
    for (; n >= 4; n -= 4) {
      let value = v128.load(y);
      if (bias) value = f32x4.add(value, v128.load(at));
      if (relu) value = f32x4.max(value, zero);
      v128.store(y, value);
      y += 16;
      at += 16;
    }
    for (; n > 0; n--) {
      let value = load<f32>(y);
      if (bias) value += load<f32>(at);
      if (relu) value = max<f32>(value, 0);
      store<f32>(y, value);
      y += 4;
      at += 4;
    }
  }
}
