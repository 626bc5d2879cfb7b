const ADD = 0;
const SUBTRACT = 1;
const MULTIPLY = 2;
const DIVIDE = 3;

/*
 * Elementwise arithmetic of two operands of `sizeA` and `sizeB` elements, to `size` results. The shorter operand
 * repeats. Both sizes divide `size`, and one of them is `size`.
 */

export function add(a: usize, sizeA: i32, b: usize, sizeB: i32, y: usize, size: i32): void {
  compute(ADD, a, sizeA, b, sizeB, y, size);
}

export function subtract(a: usize, sizeA: i32, b: usize, sizeB: i32, y: usize, size: i32): void {
  compute(SUBTRACT, a, sizeA, b, sizeB, y, size);
}

export function multiply(a: usize, sizeA: i32, b: usize, sizeB: i32, y: usize, size: i32): void {
  compute(MULTIPLY, a, sizeA, b, sizeB, y, size);
}

export function divide(a: usize, sizeA: i32, b: usize, sizeB: i32, y: usize, size: i32): void {
  compute(DIVIDE, a, sizeA, b, sizeB, y, size);
}

// Inlined, so that `operation` is a constant and no loop checks it.
// @ts-ignore: decorator
@inline
function compute(operation: i32, a: usize, sizeA: i32, b: usize, sizeB: i32, y: usize, size: i32): void {
  if (sizeB == 1) row(operation, a, true, b, false, y, size);
  else if (sizeA == 1) row(operation, a, false, b, true, y, size);
  else {
    const length = min<i32>(sizeA, sizeB);
    const bytes = <usize>length << 2;
    const stepA: usize = sizeA == size ? bytes : 0;
    const stepB: usize = sizeB == size ? bytes : 0;
    for (let left = size; left > 0; left -= length) {
      row(operation, a, true, b, true, y, length);
      a += stepA;
      b += stepB;
      y += bytes;
    }
  }
}

/** One row; an operand that does not move is a single number. */
// @ts-ignore: decorator
@inline
function row(operation: i32, a: usize, movesA: bool, b: usize, movesB: bool, y: usize, length: i32): void {
  const end = <usize>length << 2;
  const vectors = end & ~15;
  const first = movesA ? f32x4.splat(0) : v128.load32_splat(a);
  const second = movesB ? f32x4.splat(0) : v128.load32_splat(b);
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    v128.store(y + i, ofVectors(operation, movesA ? v128.load(a + i) : first, movesB ? v128.load(b + i) : second));
  }
  for (; i < end; i += 4) {
    store<f32>(y + i, ofNumbers(operation, load<f32>(movesA ? a + i : a), load<f32>(movesB ? b + i : b)));
  }
}

// @ts-ignore: decorator
@inline
function ofVectors(operation: i32, a: v128, b: v128): v128 {
  if (operation == ADD) return f32x4.add(a, b);
  if (operation == SUBTRACT) return f32x4.sub(a, b);
  if (operation == MULTIPLY) return f32x4.mul(a, b);
  return f32x4.div(a, b);
}

// @ts-ignore: decorator
@inline
function ofNumbers(operation: i32, a: f32, b: f32): f32 {
  if (operation == ADD) return a + b;
  if (operation == SUBTRACT) return a - b;
  if (operation == MULTIPLY) return a * b;
  return a / b;
}
