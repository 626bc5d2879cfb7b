/**
 * Adds each window's dy to the position of the window's greatest value in one image: the first of equal ones,
 * or the first NaN if there is one. Writes all of dx: windows that do not overlap write their cells once.
 */
export function maxPoolGradient(
  x: usize,
  height: i32,
  width: i32,
  channels: i32,
  dy: usize,
  dx: usize,
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
  const overlap = strideY < windowHeight || strideX < windowWidth;
  const gaps = strideY > windowHeight || strideX > windowWidth;
  const endY = (outHeight - 1) * strideY - top + windowHeight;
  const endX = (outWidth - 1) * strideX - left + windowWidth;
  if (overlap || gaps || endY < height || endX < width) memory.fill(dx, 0, <usize>height * row);
  for (let oy = 0; oy < outHeight; oy++) {
    const y0 = oy * strideY - top;
    const firstRow = max(y0, 0);
    const rows = min(y0 + windowHeight, height) - firstRow;
    for (let ox = 0; ox < outWidth; ox++) {
      const x0 = ox * strideX - left;
      const firstColumn = max(x0, 0);
      const columns = min(x0 + windowWidth, width) - firstColumn;
      const at = <usize>firstRow * row + <usize>firstColumn * pixel;
      if (rows == 2 && columns == 2 && !overlap) shareAmong4(x + at, pixel, row, dy, dx + at);
      else share(x + at, rows, columns, pixel, row, dy, dx + at, overlap);
      dy += pixel;
    }
  }
}

/** One window of 2 × 2 cells. Adds zero so that no share is -0, as in windows that overlap. */
function shareAmong4(window: usize, pixel: usize, row: usize, dy: usize, dx: usize): void {
  const zero = f32x4.splat(0);
  let n: usize = 0;
  for (; n + 16 <= pixel; n += 16) {
    const at = window + n;
    const x00 = v128.load(at);
    const x01 = v128.load(at + pixel);
    const x10 = v128.load(at + row);
    const x11 = v128.load(at + row + pixel);
    const right0 = exceed(x01, x00);
    const right1 = exceed(x11, x10);
    const lower = exceed(v128.bitselect(x11, x10, right1), v128.bitselect(x01, x00, right0));
    const gradient = f32x4.add(v128.load(dy + n), zero);
    const ofUpper = v128.andnot(gradient, lower);
    const ofLower = v128.and(gradient, lower);
    const to = dx + n;
    v128.store(to, v128.andnot(ofUpper, right0));
    v128.store(to + pixel, v128.and(ofUpper, right0));
    v128.store(to + row, v128.andnot(ofLower, right1));
    v128.store(to + row + pixel, v128.and(ofLower, right1));
  }
  shareRest(window, 2, 2, pixel, row, dy, dx, n, false);
}

/** One window of any number of cells, with `add` to what dx holds. */
function share(
  window: usize,
  rows: i32,
  columns: i32,
  pixel: usize,
  row: usize,
  dy: usize,
  dx: usize,
  add: bool,
): void {
  if (rows <= 0 || columns <= 0) return;
  const zero = f32x4.splat(0);
  let n: usize = 0;
  for (; n + 16 <= pixel; n += 16) {
    let best = v128.load(window + n);
    let place = i32x4.splat(0);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const at = <usize>i * row + <usize>j * pixel;
        const value = v128.load(window + n + at);
        const wins = exceed(value, best);
        best = v128.bitselect(value, best, wins);
        place = v128.bitselect(i32x4.splat(<i32>at), place, wins);
      }
    }
    const gradient = v128.load(dy + n);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const at = <usize>i * row + <usize>j * pixel;
        const to = dx + n + at;
        const share = v128.and(i32x4.eq(place, i32x4.splat(<i32>at)), gradient);
        v128.store(to, f32x4.add(add ? v128.load(to) : zero, share));
      }
    }
  }
  shareRest(window, rows, columns, pixel, row, dy, dx, n, add);
}

/** The channels from byte `n` on, one at a time. */
function shareRest(
  window: usize,
  rows: i32,
  columns: i32,
  pixel: usize,
  row: usize,
  dy: usize,
  dx: usize,
  n: usize,
  add: bool,
): void {
  for (; n < pixel; n += 4) {
    let best = load<f32>(window + n);
    let place: usize = 0;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const at = <usize>i * row + <usize>j * pixel;
        const value = load<f32>(window + n + at);
        if (best === best && !(value <= best)) {
          best = value;
          place = at;
        }
        if (!add) store<f32>(dx + n + at, 0);
      }
    }
    const to = dx + n + place;
    store<f32>(to, load<f32>(to) + load<f32>(dy + n));
  }
}

/** Whether values are greater than former ones, or the first NaN. */
// @ts-ignore: decorator
@inline
function exceed(value: v128, former: v128): v128 {
  return v128.andnot(f32x4.eq(former, former), f32x4.le(value, former));
}
