/**
 * Copies a matrix of `depth` rows into panels of 8 columns, each `depth` × 8 floats that lie together: what
 * `tile` reads fastest. Columns that the last panel lacks are zero. Element (k, n) lies at `from + k · kStep
 * + n · nStep`, panels begin `panelStep` apart, all in bytes.
 */
export function pack(from: usize, kStep: usize, nStep: usize, depth: i32, columns: i32, to: usize, panelStep: usize): void {
  for (let n = 0; n < columns; n += 8) {
    const width = min(8, columns - n);
    if (width === 8 && nStep === 4) packRows(from, kStep, depth, to);
    else if (width === 8 && kStep === 4) packColumns(from, nStep, depth, to);
    else packAny(from, kStep, nStep, depth, width, to);
    from += nStep << 3;
    to += panelStep;
  }
}

function packRows(from: usize, kStep: usize, depth: i32, to: usize): void {
  for (let k = depth; k > 0; k--) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += kStep;
    to += 32;
  }
}

/** Contiguous columns: transposed 4 × 4 at a time. */
function packColumns(from: usize, nStep: usize, depth: i32, to: usize): void {
  let k = depth;
  for (; k >= 4; k -= 4) {
    turn(from, nStep, to);
    turn(from + (nStep << 2), nStep, to + 16);
    from += 16;
    to += 128;
  }
  packAny(from, 4, nStep, k, 8, to);
}

function turn(from: usize, nStep: usize, to: usize): void {
  const x0 = v128.load(from);
  const x1 = v128.load(from + nStep);
  const x2 = v128.load(from + (nStep << 1));
  const x3 = v128.load(from + nStep * 3);
  const low01 = v128.shuffle<i32>(x0, x1, 0, 4, 1, 5);
  const high01 = v128.shuffle<i32>(x0, x1, 2, 6, 3, 7);
  const low23 = v128.shuffle<i32>(x2, x3, 0, 4, 1, 5);
  const high23 = v128.shuffle<i32>(x2, x3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(low01, low23, 0, 2));
  v128.store(to, v128.shuffle<i64>(low01, low23, 1, 3), 32);
  v128.store(to, v128.shuffle<i64>(high01, high23, 0, 2), 64);
  v128.store(to, v128.shuffle<i64>(high01, high23, 1, 3), 96);
}

function packAny(from: usize, kStep: usize, nStep: usize, depth: i32, width: i32, to: usize): void {
  for (let k = depth; k > 0; k--) {
    let at = from;
    for (let n = 0; n < 8; n++) {
      store<f32>(to, n < width ? load<f32>(at) : 0);
      at += nStep;
      to += 4;
    }
    from += kStep;
  }
}
