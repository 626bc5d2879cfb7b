/**
 * The greatest value of each window of one image, per channel; a NaN among them wins. Steps and offsets are
 * in pixels.
 */
export function maxPool(
  x: usize,
  height: i32,
  width: i32,
  channels: i32,
  y: usize,
  outHeight: i32,
  outWidth: i32,
  windowHeight: i32,
  windowWidth: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
): void {
  const pixel = <usize>channels << 2;
  const row = <usize>width * pixel;
  for (let oy = 0; oy < outHeight; oy++) {
    const y0 = oy * strideY - top;
    const firstRow = max(y0, 0);
    const rows = min(y0 + windowHeight, height) - firstRow;
    for (let ox = 0; ox < outWidth; ox++) {
      const x0 = ox * strideX - left;
      const firstColumn = max(x0, 0);
      const columns = min(x0 + windowWidth, width) - firstColumn;
      const window = x + <usize>firstRow * row + <usize>firstColumn * pixel;
      if (rows == 2 && columns == 2) putMaximumOf4(window, pixel, row, y);
      else putMaximum(window, rows, columns, pixel, row, y);
      y += pixel;
    }
  }
}

function putMaximumOf4(window: usize, pixel: usize, row: usize, y: usize): void {
  let n: usize = 0;
  for (; n + 16 <= pixel; n += 16) {
    const at = window + n;
    const upper = f32x4.max(v128.load(at), v128.load(at + pixel));
    v128.store(y + n, f32x4.max(upper, f32x4.max(v128.load(at + row), v128.load(at + row + pixel))));
  }
  for (; n < pixel; n += 4) {
    const at = window + n;
    const upper = max<f32>(load<f32>(at), load<f32>(at + pixel));
    store<f32>(y + n, max<f32>(upper, max<f32>(load<f32>(at + row), load<f32>(at + row + pixel))));
  }
}

function putMaximum(window: usize, rows: i32, columns: i32, pixel: usize, row: usize, y: usize): void {
  let n: usize = 0;
  for (; n + 16 <= pixel; n += 16) {
    let best = f32x4.splat(-Infinity);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        best = f32x4.max(best, v128.load(window + n + <usize>i * row + <usize>j * pixel));
      }
    }
    v128.store(y + n, best);
  }
  for (; n < pixel; n += 4) {
    let best: f32 = -Infinity;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        best = max<f32>(best, load<f32>(window + n + <usize>i * row + <usize>j * pixel));
      }
    }
    store<f32>(y + n, best);
  }
}
