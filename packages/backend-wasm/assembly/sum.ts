/**
 * Sums run in single precision over this number of terms, then in double. The error does not grow with the
 * length, and the order is always the same.
 */
const RUN: i32 = 64;

/** The sums of `columns` columns over `rows` rows, times `scale`. `sums` is scratch memory of 256 bytes. */
export function sumColumns(x: usize, rows: i32, columns: i32, y: usize, scale: f64, sums: usize): void {
  const row = <usize>columns << 2;
  let n = columns;
  for (; n >= 32; n -= 32) {
    memory.fill(sums, 0, 256);
    for (let i = 0; i < rows; i += RUN) sumRun32(x + <usize>i * row, row, min(RUN, rows - i), sums);
    putSums(sums, y, 32, scale);
    x += 128;
    y += 128;
  }
  for (; n >= 4; n -= 4) {
    memory.fill(sums, 0, 32);
    for (let i = 0; i < rows; i += RUN) sumRun4(x + <usize>i * row, row, min(RUN, rows - i), sums);
    putSums(sums, y, 4, scale);
    x += 16;
    y += 16;
  }
  for (; n > 0; n--) {
    let sum: f64 = 0;
    for (let i = 0; i < rows; i++) sum += load<f32>(x + <usize>i * row);
    store<f32>(y, <f32>(sum * scale));
    x += 4;
    y += 4;
  }
}

/**
 * Adds `rows` rows to `sums`, one double for each column. Of a matrix in parts, each part but the last has a multiple
 * of 64 rows: then the sums have the bits of `sumColumns`.
 */
export function addColumnSums(x: usize, rows: i32, columns: i32, sums: usize): void {
  const row = <usize>columns << 2;
  let n = columns;
  for (; n >= 32; n -= 32) {
    for (let i = 0; i < rows; i += RUN) sumRun32(x + <usize>i * row, row, min(RUN, rows - i), sums);
    x += 128;
    sums += 256;
  }
  for (; n >= 4; n -= 4) {
    for (let i = 0; i < rows; i += RUN) sumRun4(x + <usize>i * row, row, min(RUN, rows - i), sums);
    x += 16;
    sums += 32;
  }
  for (; n > 0; n--) {
    let sum = load<f64>(sums);
    for (let i = 0; i < rows; i++) sum += load<f32>(x + <usize>i * row);
    store<f64>(sums, sum);
    x += 4;
    sums += 8;
  }
}

/** The sums of `addColumnSums` in single precision. */
export function putColumnSums(sums: usize, columns: i32, y: usize): void {
  putSums(sums, y, columns, 1);
}

/** The sums of `rows` rows over `columns` columns, times `scale`. */
export function sumRows(x: usize, rows: i32, columns: i32, y: usize, scale: f64): void {
  for (let i = rows; i > 0; i--) {
    let sum: f64 = 0;
    let n = columns;
    while (n >= 16) {
      const length = min(n >> 4, RUN);
      sum += sumRun16(x, length);
      x += <usize>length << 6;
      n -= length << 4;
    }
    for (; n > 0; n--) {
      sum += load<f32>(x);
      x += 4;
    }
    store<f32>(y, <f32>(sum * scale));
    y += 4;
  }
}

function sumRun16(x: usize, length: i32): f64 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let i = length; i > 0; i--) {
    s0 = f32x4.add(s0, v128.load(x));
    s1 = f32x4.add(s1, v128.load(x, 16));
    s2 = f32x4.add(s2, v128.load(x, 32));
    s3 = f32x4.add(s3, v128.load(x, 48));
    x += 64;
  }
  return lanes(s0) + lanes(s1) + (lanes(s2) + lanes(s3));
}

function lanes(x: v128): f64 {
  const sums = f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1)));
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

function sumRun32(x: usize, row: usize, length: i32, sums: usize): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  for (let i = length; i > 0; i--) {
    s0 = f32x4.add(s0, v128.load(x));
    s1 = f32x4.add(s1, v128.load(x, 16));
    s2 = f32x4.add(s2, v128.load(x, 32));
    s3 = f32x4.add(s3, v128.load(x, 48));
    s4 = f32x4.add(s4, v128.load(x, 64));
    s5 = f32x4.add(s5, v128.load(x, 80));
    s6 = f32x4.add(s6, v128.load(x, 96));
    s7 = f32x4.add(s7, v128.load(x, 112));
    x += row;
  }
  addSums(sums, s0);
  addSums(sums + 32, s1);
  addSums(sums + 64, s2);
  addSums(sums + 96, s3);
  addSums(sums + 128, s4);
  addSums(sums + 160, s5);
  addSums(sums + 192, s6);
  addSums(sums + 224, s7);
}

function sumRun4(x: usize, row: usize, length: i32, sums: usize): void {
  let sum = f32x4.splat(0);
  for (let i = length; i > 0; i--) {
    sum = f32x4.add(sum, v128.load(x));
    x += row;
  }
  addSums(sums, sum);
}

function addSums(sums: usize, x: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(x)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1))), 16);
}

function putSums(sums: usize, y: usize, count: i32, scale: f64): void {
  for (let i = count; i > 0; i--) {
    store<f32>(y, <f32>(load<f64>(sums) * scale));
    sums += 8;
    y += 4;
  }
}
