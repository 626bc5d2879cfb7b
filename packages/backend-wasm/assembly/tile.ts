/**
 * A tile of a matrix product: 4 rows × 8 columns, held in registers while k runs.
 *
 * Row i of A begins `d1`, `d2`, `d3` bytes after `a`, or 4, 8, 12 if the rows are `adjacent`, which saves V8 the
 * additions; row k of B holds 8 floats that lie together. k runs in two loops, so that a convolution can walk the
 * rows of an image: `inner` steps of `aInner` and `bInner` bytes, `outer` times, each `aOuter` and `bOuter` bytes
 * further than the last. Sums begin at zero, and with `add` what C holds is added at the end: a sum of sums loses less
 * than one long sum.
 *
 * 8 accumulators, 2 columns and 1 factor leave room in 16 registers; larger tiles and unrolled loops spill
 * and measured slower. The two halves of a row are loaded, multiplied and stored side by side, so that V8 can
 * join them to vectors of eight (`--experimental-wasm-revectorize`). Inlined, because a call takes as long as
 * several steps of k.
 */
// @ts-ignore: decorator
@inline
export function tile(
  a: usize,
  d1: usize,
  d2: usize,
  d3: usize,
  adjacent: bool,
  aInner: usize,
  aOuter: usize,
  b: usize,
  bInner: usize,
  bOuter: usize,
  inner: i32,
  outer: i32,
  c: usize,
  cRow: usize,
  add: bool,
): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const row1 = c + cRow;
  const row2 = row1 + cRow;
  const row3 = row2 + cRow;
  for (let o = outer; o > 0; o--) {
    let pa = a;
    let pb = b;
    for (let k = inner; k > 0; k--) {
      const b0 = v128.load(pb);
      const b1 = v128.load(pb, 16);
      const s0 = v128.load32_splat(pa);
      c00 = f32x4.add(c00, f32x4.mul(s0, b0));
      c01 = f32x4.add(c01, f32x4.mul(s0, b1));
      const s1 = adjacent ? v128.load32_splat(pa, 4) : v128.load32_splat(pa + d1);
      c10 = f32x4.add(c10, f32x4.mul(s1, b0));
      c11 = f32x4.add(c11, f32x4.mul(s1, b1));
      const s2 = adjacent ? v128.load32_splat(pa, 8) : v128.load32_splat(pa + d2);
      c20 = f32x4.add(c20, f32x4.mul(s2, b0));
      c21 = f32x4.add(c21, f32x4.mul(s2, b1));
      const s3 = adjacent ? v128.load32_splat(pa, 12) : v128.load32_splat(pa + d3);
      c30 = f32x4.add(c30, f32x4.mul(s3, b0));
      c31 = f32x4.add(c31, f32x4.mul(s3, b1));
      pa += aInner;
      pb += bInner;
    }
    a += aOuter;
    b += bOuter;
  }
  if (add) {
    c00 = f32x4.add(c00, v128.load(c));
    c01 = f32x4.add(c01, v128.load(c, 16));
    c10 = f32x4.add(c10, v128.load(row1));
    c11 = f32x4.add(c11, v128.load(row1, 16));
    c20 = f32x4.add(c20, v128.load(row2));
    c21 = f32x4.add(c21, v128.load(row2, 16));
    c30 = f32x4.add(c30, v128.load(row3));
    c31 = f32x4.add(c31, v128.load(row3, 16));
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(row1, c10);
  v128.store(row1, c11, 16);
  v128.store(row2, c20);
  v128.store(row2, c21, 16);
  v128.store(row3, c30);
  v128.store(row3, c31, 16);
}
