import { tile } from './tile';

/*
 * Winograd's F(2×2, 3×3): a convolution of 3 × 3 taps and stride 1 with 16 products for 4 output pixels, instead of
 * 36. The transforms are those of Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2015). The
 * output is cut into squares of 2 × 2 pixels, each from 4 × 4 pixels of the input. The transformed pixels lie in 16
 * planes, and each plane is a matrix product.
 */

/** Squares at a time, whole fours: a plane of them and its part of the filter stay in the first cache. */
const SQUARES: i32 = 32;

/**
 * Transforms a filter in the panels of `pack`, 9 taps of `depth` rows in each, to 16 planes of panels of `depth`
 * rows.
 */
export function transformFilter(panels: usize, depth: i32, panelCount: i32, to: usize): void {
  const tap = <usize>depth << 5;
  const plane = <usize>panelCount * tap;
  for (let p = panelCount; p > 0; p--) {
    for (let n: usize = 0; n < tap; n += 16) {
      putFilterRow(panels + n, panels + tap + n, panels + 2 * tap + n, 0, tap, to, plane);
      putFilterRow(panels + n, panels + tap + n, panels + 2 * tap + n, 1, tap, to + 4 * plane, plane);
      putFilterRow(panels + n, panels + tap + n, panels + 2 * tap + n, 2, tap, to + 8 * plane, plane);
      putFilterRow(panels + n, panels + tap + n, panels + 2 * tap + n, 3, tap, to + 12 * plane, plane);
      to += 16;
    }
    panels += 9 * tap;
  }
}

// @ts-ignore: decorator
@inline
function putFilterRow(first: usize, second: usize, third: usize, row: i32, tap: usize, to: usize, plane: usize): void {
  const a = combineTaps(first, row, tap);
  const b = combineTaps(second, row, tap);
  const c = combineTaps(third, row, tap);
  const half = f32x4.splat(0.5);
  const sum = f32x4.add(a, c);
  v128.store(to, a);
  v128.store(to + plane, f32x4.mul(f32x4.add(sum, b), half));
  v128.store(to + 2 * plane, f32x4.mul(f32x4.sub(sum, b), half));
  v128.store(to + 3 * plane, c);
}

/** One column of the filter, times one row of (1 0 0, ½ ½ ½, ½ -½ ½, 0 0 1). */
// @ts-ignore: decorator
@inline
function combineTaps(at: usize, row: i32, tap: usize): v128 {
  if (row == 0) return v128.load(at);
  const last = v128.load(at + 6 * tap);
  if (row == 3) return last;
  const sum = f32x4.add(v128.load(at), last);
  const middle = v128.load(at + 3 * tap);
  return f32x4.mul(row == 1 ? f32x4.add(sum, middle) : f32x4.sub(sum, middle), f32x4.splat(0.5));
}

/**
 * Convolves one image, already padded to whole squares. `depth` is a multiple of 4. `filter` is from
 * `transformFilter`. `y` gets `height` × `width` pixels of `columns`, plus the bias if there is one, and with `relu`
 * no negative values. `scratch` holds 16 · 32 rows of `depth` floats, and as many of whole panels.
 */
export function convolveSquares(
  x: usize,
  row: usize,
  filter: usize,
  y: usize,
  height: i32,
  width: i32,
  depth: i32,
  columns: i32,
  bias: usize,
  relu: bool,
  scratch: usize,
): void {
  const pixel = <usize>depth << 2;
  const panelCount = (columns + 7) >> 3;
  const plane = SQUARES * pixel + 64;
  const products = scratch + 16 * plane;
  const acrossX = (width + 1) >> 1;
  const count = ((height + 1) >> 1) * acrossX;
  for (let from = 0; from < count; from += SQUARES) {
    const end = min(count, from + SQUARES);
    for (let s = from; s < end; s++) {
      const at = x + <usize>(s / acrossX) * 2 * row + <usize>(s % acrossX) * 2 * pixel;
      transformSquare(at, row, pixel, scratch + <usize>(s - from) * pixel, plane, 16);
    }
    multiplyPlanes(scratch, filter, products, end - from, depth, panelCount);
    for (let s = from; s < end; s++) {
      putSquare(
        products + ((<usize>(s - from) * <usize>panelCount) << 5),
        ((SQUARES * <usize>panelCount) << 5) + 64,
        y,
        s / acrossX * 2,
        s % acrossX * 2,
        height,
        width,
        columns,
        bias,
        relu,
      );
    }
  }
}

function multiplyPlanes(squares: usize, filter: usize, products: usize, count: i32, depth: i32, panelCount: i32): void {
  const pixel = <usize>depth << 2;
  const panel = <usize>depth << 5;
  const c = <usize>panelCount << 5;
  for (let plane = 0; plane < 16; plane++) {
    for (let p = 0; p < panelCount; p++) {
      for (let s = 0; s < count; s += 4) {
        const a = squares + <usize>s * pixel;
        const to = products + <usize>s * c + (<usize>p << 5);
        // Up to 3 squares beyond the last are computed, from what is in the scratch memory, and never read.
        tile(a, pixel, 2 * pixel, 3 * pixel, false, 4, 0, filter, 32, 0, depth, 1, to, c, false);
      }
      filter += panel;
    }
    squares += SQUARES * pixel + 64;
    products += SQUARES * c + 64;
  }
}

/**
 * Bᵀ · d · B, with the rows (1 0 -1 0, 0 1 1 0, 0 -1 1 0, 0 1 0 -1) of Bᵀ. Four channels are written `step` bytes after
 * the last.
 */
export function transformSquare(x: usize, row: usize, pixel: usize, to: usize, plane: usize, step: usize): void {
  for (const end = x + pixel; x < end; x += 16) {
    transformRow(x, x + 2 * row, false, pixel, to, plane);
    transformRow(x + row, x + 2 * row, true, pixel, to + 4 * plane, plane);
    transformRow(x + 2 * row, x + row, false, pixel, to + 8 * plane, plane);
    transformRow(x + row, x + 3 * row, false, pixel, to + 12 * plane, plane);
    to += step;
  }
}

// @ts-ignore: decorator
@inline
function transformRow(a: usize, b: usize, add: bool, pixel: usize, to: usize, plane: usize): void {
  const t0 = combine(v128.load(a), v128.load(b), add);
  const t1 = combine(v128.load(a + pixel), v128.load(b + pixel), add);
  const t2 = combine(v128.load(a + 2 * pixel), v128.load(b + 2 * pixel), add);
  const t3 = combine(v128.load(a + 3 * pixel), v128.load(b + 3 * pixel), add);
  v128.store(to, f32x4.sub(t0, t2));
  v128.store(to + plane, f32x4.add(t1, t2));
  v128.store(to + 2 * plane, f32x4.sub(t2, t1));
  v128.store(to + 3 * plane, f32x4.sub(t1, t3));
}

// @ts-ignore: decorator
@inline
function combine(a: v128, b: v128, add: bool): v128 {
  return add ? f32x4.add(a, b) : f32x4.sub(a, b);
}

/** Aᵀ · m · A, with the rows (1 1 1 0, 0 1 -1 -1) of Aᵀ, for the pixels of a square that are in the image. */
function putSquare(
  m: usize,
  plane: usize,
  y: usize,
  top: i32,
  left: i32,
  height: i32,
  width: i32,
  columns: i32,
  bias: usize,
  relu: bool,
): void {
  const pixel = <usize>columns << 2;
  y += <usize>(top * width + left) * pixel;
  const right = left + 1 < width;
  const lower = top + 1 < height;
  const below = y + <usize>width * pixel;
  for (let n: usize = 0; n < pixel; n += 16) {
    const m0 = m + n;
    const m1 = m0 + 4 * plane;
    const m2 = m1 + 4 * plane;
    const m3 = m2 + 4 * plane;
    const added = bias ? v128.load(bias + n) : f32x4.splat(0);
    const left0 = pixel - n;
    let u0 = sumUpper(m0, m1, m2);
    let u1 = sumUpper(m0 + plane, m1 + plane, m2 + plane);
    let u2 = sumUpper(m0 + 2 * plane, m1 + 2 * plane, m2 + 2 * plane);
    let u3 = sumUpper(m0 + 3 * plane, m1 + 3 * plane, m2 + 3 * plane);
    put(y + n, f32x4.add(f32x4.add(u0, u1), u2), added, relu, left0);
    if (right) put(y + pixel + n, f32x4.sub(f32x4.sub(u1, u2), u3), added, relu, left0);
    if (lower) {
      u0 = sumLower(m1, m2, m3);
      u1 = sumLower(m1 + plane, m2 + plane, m3 + plane);
      u2 = sumLower(m1 + 2 * plane, m2 + 2 * plane, m3 + 2 * plane);
      u3 = sumLower(m1 + 3 * plane, m2 + 3 * plane, m3 + 3 * plane);
      put(below + n, f32x4.add(f32x4.add(u0, u1), u2), added, relu, left0);
      if (right) put(below + pixel + n, f32x4.sub(f32x4.sub(u1, u2), u3), added, relu, left0);
    }
  }
}

// @ts-ignore: decorator
@inline
function sumUpper(m0: usize, m1: usize, m2: usize): v128 {
  return f32x4.add(f32x4.add(v128.load(m0), v128.load(m1)), v128.load(m2));
}

// @ts-ignore: decorator
@inline
function sumLower(m1: usize, m2: usize, m3: usize): v128 {
  return f32x4.sub(f32x4.sub(v128.load(m1), v128.load(m2)), v128.load(m3));
}

/** Stores up to four numbers; fewer at the last columns. */
// @ts-ignore: decorator
@inline
function put(y: usize, value: v128, bias: v128, relu: bool, bytes: usize): void {
  value = f32x4.add(value, bias);
  if (relu) value = f32x4.max(value, f32x4.splat(0));
  if (bytes >= 16) v128.store(y, value);
  else {
    v128.store32_lane(y, value, 0);
    if (bytes > 4) v128.store32_lane(y + 4, value, 1);
    if (bytes > 8) v128.store32_lane(y + 8, value, 2);
  }
}
