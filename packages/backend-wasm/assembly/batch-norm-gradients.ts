/** As in sum.ts: sums run in single precision over this number of rows, then in double. */
const RUN: i32 = 64;

/*
 * The gradients of batch normalization with one mean, 1 / deviation and scale a column. All products and sums round
 * as separate passes over the matrix do.
 */

/** dx = (dy · inverse) · scale. */
export function batchNormInputGradient(dy: usize, rows: i32, columns: i32, inverse: usize, scale: usize, dx: usize): void {
  const row = <usize>columns << 2;
  for (let i = rows; i > 0; i--) {
    let n: usize = 0;
    for (; n + 16 <= row; n += 16) {
      v128.store(dx + n, f32x4.mul(f32x4.mul(v128.load(dy + n), v128.load(inverse + n)), v128.load(scale + n)));
    }
    for (; n < row; n += 4) store<f32>(dx + n, load<f32>(dy + n) * load<f32>(inverse + n) * load<f32>(scale + n));
    dy += row;
    dx += row;
  }
}

/**
 * The gradients of mean, variance, scale and offset, in one pass over x and dy. `sums` is scratch memory of 32 bytes a
 * column.
 */
export function batchNormSums(
  dy: usize,
  x: usize,
  rows: i32,
  columns: i32,
  mean: usize,
  inverse: usize,
  scale: usize,
  dMean: usize,
  dVariance: usize,
  dScale: usize,
  dOffset: usize,
  sums: usize,
): void {
  const row = <usize>columns << 2;
  memory.fill(sums, 0, row << 3);
  for (let i = rows; i > 0; i -= RUN) {
    const length = min(RUN, i);
    let n: usize = 0;
    for (; n + 16 <= row; n += 16) addRun4(dy + n, x + n, row, length, mean + n, inverse + n, scale + n, sums + (n << 3));
    for (; n < row; n += 4) addRun1(dy + n, x + n, row, length, mean + n, inverse + n, scale + n, sums + (n << 3));
    dy += row * length;
    x += row * length;
  }
  let n: usize = 0;
  for (; n + 16 <= row; n += 16) {
    putSums4(sums + (n << 3), dMean + n);
    putSums4(sums + (n << 3) + 32, dVariance + n);
    putSums4(sums + (n << 3) + 64, dScale + n);
    putSums4(sums + (n << 3) + 96, dOffset + n);
  }
  for (; n < row; n += 4) {
    store<f32>(dMean + n, <f32>load<f64>(sums + (n << 3)));
    store<f32>(dVariance + n, <f32>load<f64>(sums + (n << 3), 8));
    store<f32>(dScale + n, <f32>load<f64>(sums + (n << 3), 16));
    store<f32>(dOffset + n, <f32>load<f64>(sums + (n << 3), 24));
  }
}

/** Adds a run of rows of 4 columns to their sums: 4 for the mean, then 4 for the variance, scale and offset. */
function addRun4(dy: usize, x: usize, row: usize, length: i32, mean: usize, inverse: usize, scale: usize, sums: usize): void {
  const means = v128.load(mean);
  const inverses = v128.load(inverse);
  const scales = v128.load(scale);
  const slopes = f32x4.mul(f32x4.mul(f32x4.mul(inverses, inverses), inverses), f32x4.splat(-0.5));
  let ofMean = f32x4.splat(0);
  let ofVariance = ofMean;
  let ofScale = ofMean;
  let ofOffset = ofMean;
  for (let i = length; i > 0; i--) {
    const given = v128.load(dy);
    const scaled = f32x4.mul(given, scales);
    const centred = f32x4.sub(v128.load(x), means);
    ofMean = f32x4.sub(ofMean, f32x4.mul(inverses, scaled));
    ofVariance = f32x4.add(ofVariance, f32x4.mul(f32x4.mul(slopes, centred), scaled));
    ofScale = f32x4.add(ofScale, f32x4.mul(given, f32x4.mul(centred, inverses)));
    ofOffset = f32x4.add(ofOffset, given);
    dy += row;
    x += row;
  }
  addSums(sums, ofMean);
  addSums(sums + 32, ofVariance);
  addSums(sums + 64, ofScale);
  addSums(sums + 96, ofOffset);
}

/** Adds a run of rows of a column that is left over, in double precision: its sums side by side. */
function addRun1(dy: usize, x: usize, row: usize, length: i32, mean: usize, inverse: usize, scale: usize, sums: usize): void {
  const factor = load<f32>(inverse);
  const slope: f32 = factor * factor * factor * -0.5;
  let ofMean = load<f64>(sums);
  let ofVariance = load<f64>(sums, 8);
  let ofScale = load<f64>(sums, 16);
  let ofOffset = load<f64>(sums, 24);
  for (let i = length; i > 0; i--) {
    const given = load<f32>(dy);
    const scaled: f32 = given * load<f32>(scale);
    const centred: f32 = load<f32>(x) - load<f32>(mean);
    ofMean -= <f64>(factor * scaled);
    ofVariance += <f64>(slope * centred * scaled);
    ofScale += <f64>(given * (centred * factor));
    ofOffset += <f64>given;
    dy += row;
    x += row;
  }
  store<f64>(sums, ofMean);
  store<f64>(sums, ofVariance, 8);
  store<f64>(sums, ofScale, 16);
  store<f64>(sums, ofOffset, 24);
}

function addSums(sums: usize, x: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(x)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1))), 16);
}

function putSums4(sums: usize, y: usize): void {
  const low = f32x4.demote_f64x2_zero(v128.load(sums));
  const high = f32x4.demote_f64x2_zero(v128.load(sums, 16));
  v128.store(y, v128.shuffle<i64>(low, high, 0, 2));
}
