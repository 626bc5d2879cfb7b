import { tile } from './tile';
import { transformSquare } from './winograd';

/*
 * The gradient of a filter of 3 × 3 taps by Winograd's F(3×3, 2×2): a square of 2 × 2 pixels of dy takes 16 products,
 * instead of 36. It reads 4 × 4 pixels of the input, transformed as for a convolution. Sums run in 16 planes over all
 * squares of the batch. At the end, the planes are combined to 9 taps.
 */

/** Squares at a time: a plane of their inputs stays in the first cache. */
const SQUARES: i32 = 64;

/**
 * Adds the squares of some images to the planes of `sums`, or begins the planes unless `add`. Images of the input are
 * already padded to whole squares and begin `image` bytes apart. Those of `dy` lie together. `depth` and `columns` are
 * multiples of 4. A plane has panels of 8 columns, `depth` rows in each. `scratch` holds 16 · 64 rows of `depth` floats,
 * 16 · 64 rows of whole panels, and 2 KB.
 */
export function addFilterPlanes(
  x: usize,
  row: usize,
  image: usize,
  dy: usize,
  images: i32,
  height: i32,
  width: i32,
  depth: i32,
  columns: i32,
  sums: usize,
  add: bool,
  scratch: usize,
): void {
  const pixel = <usize>depth << 2;
  const dyPixel = <usize>columns << 2;
  const groups = depth >> 2;
  const panels = (columns + 7) >> 3;
  const xPlane = <usize>groups * SQUARES * 16 + 64;
  const dyPlane = <usize>panels * SQUARES * 32 + 64;
  const squares = scratch + 16 * xPlane;
  const count = images * ((height + 1) >> 1) * ((width + 1) >> 1);
  const blocks = (count + SQUARES - 1) / SQUARES;
  let top = 0;
  let left = 0;
  for (let block = 0; block < blocks; block++) {
    // Blocks of like sizes, because each adds to all of the sums.
    const from = <i32>(<i64>count * block / blocks);
    const end = <i32>(<i64>count * (block + 1) / blocks);
    for (let s = from; s < end; s++) {
      const slot = <usize>(s - from);
      const at = x + <usize>top * row + <usize>left * pixel;
      transformSquare(at, row, pixel, scratch + (slot << 4), xPlane, SQUARES * 16);
      const dyAt = dy + <usize>(top * width + left) * dyPixel;
      transformGradient(dyAt, <usize>width * dyPixel, dyPixel, left + 1 < width, top + 1 < height, squares + (slot << 5), dyPlane);
      left += 2;
      if (left < width) continue;
      left = 0;
      top += 2;
      if (top < height) continue;
      top = 0;
      x += image;
      dy += <usize>(height * width) * dyPixel;
    }
    multiplyPlanes(scratch, xPlane, squares, dyPlane, end - from, groups, panels, sums, add || block > 0);
  }
}

/** G · dy · Gᵀ, with the rows (1 0, 1 1, 1 -1, 0 1) of G: `combineFilterPlanes` halves what two of them double. */
function transformGradient(dy: usize, row: usize, pixel: usize, right: bool, lower: bool, to: usize, plane: usize): void {
  const zero = f32x4.splat(0);
  for (let n: usize = 0; n < pixel; n += 16) {
    const at = dy + n;
    const a = v128.load(at);
    const b = right ? v128.load(at + pixel) : zero;
    const c = lower ? v128.load(at + row) : zero;
    const d = right && lower ? v128.load(at + row + pixel) : zero;
    putGradientRow(a, b, to, plane);
    putGradientRow(f32x4.add(a, c), f32x4.add(b, d), to + 4 * plane, plane);
    putGradientRow(f32x4.sub(a, c), f32x4.sub(b, d), to + 8 * plane, plane);
    putGradientRow(c, d, to + 12 * plane, plane);
    to += n & 16 ? SQUARES * 32 - 16 : 16;
  }
}

// @ts-ignore: decorator
@inline
function putGradientRow(a: v128, b: v128, to: usize, plane: usize): void {
  v128.store(to, a);
  v128.store(to + plane, f32x4.add(a, b));
  v128.store(to + 2 * plane, f32x4.sub(a, b));
  v128.store(to + 3 * plane, b);
}

function multiplyPlanes(
  x: usize,
  xPlane: usize,
  dy: usize,
  dyPlane: usize,
  count: i32,
  groups: i32,
  panels: i32,
  sums: usize,
  add: bool,
): void {
  for (let plane = 0; plane < 16; plane++) {
    for (let p = 0; p < panels; p++) {
      const b = dy + <usize>p * SQUARES * 32;
      for (let g = 0; g < groups; g++) {
        tile(x + <usize>g * SQUARES * 16, 4, 8, 12, true, 16, 0, b, 32, 0, count, 1, sums, 32, add);
        sums += 128;
      }
    }
    x += xPlane;
    dy += dyPlane;
  }
}

/** Aᵀ · sums · A, with the rows (1 ½ ½ 0, 0 ½ -½ 0, 0 ½ ½ -1) of Aᵀ. */
export function combineFilterPlanes(sums: usize, depth: i32, columns: i32, gradient: usize): void {
  const groups = depth >> 2;
  const panels = (columns + 7) >> 3;
  const plane = <usize>(groups * panels) << 7;
  const tap = <usize>(depth * columns) << 2;
  for (let m = 0; m < depth; m++) {
    for (let n = 0; n < columns; n += 4) {
      const at = sums + (<usize>((n >> 3) * groups) << 7) + (<usize>m << 5) + (<usize>(n & 4) << 2);
      putTapRow(at, 0, plane, gradient, tap);
      putTapRow(at, 1, plane, gradient + 3 * tap, tap);
      putTapRow(at, 2, plane, gradient + 6 * tap, tap);
      gradient += 16;
    }
  }
}

// @ts-ignore: decorator
@inline
function putTapRow(at: usize, row: i32, plane: usize, to: usize, tap: usize): void {
  const half = f32x4.splat(0.5);
  const u0 = combineSums(at, row, 4 * plane);
  const u1 = combineSums(at + plane, row, 4 * plane);
  const u2 = combineSums(at + 2 * plane, row, 4 * plane);
  const u3 = combineSums(at + 3 * plane, row, 4 * plane);
  const sum = f32x4.mul(f32x4.add(u1, u2), half);
  v128.store(to, f32x4.add(u0, sum));
  v128.store(to + tap, f32x4.mul(f32x4.sub(u1, u2), half));
  v128.store(to + 2 * tap, f32x4.sub(sum, u3));
}

// @ts-ignore: decorator
@inline
function combineSums(at: usize, row: i32, step: usize): v128 {
  const half = f32x4.splat(0.5);
  const s1 = v128.load(at + step);
  const s2 = v128.load(at + 2 * step);
  if (row == 1) return f32x4.mul(f32x4.sub(s1, s2), half);
  const sum = f32x4.mul(f32x4.add(s1, s2), half);
  return row == 0 ? f32x4.add(v128.load(at), sum) : f32x4.sub(sum, v128.load(at + 3 * step));
}
