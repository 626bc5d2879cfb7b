/**
 * The gradient of relu from its result x, or from its input: dy · m, with m = 1 where 0 < x ≤ max, else 0. It
 * is a product, as in tfjs, so that NaN and infinity stay.
 */
export function reluGradient(dy: usize, x: usize, dx: usize, size: i32, max: f32): void {
  const end = <usize>size << 2;
  const vectors = end & ~15;
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const limit = f32x4.splat(max);
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    const value = v128.load(x + i);
    const passes = v128.and(one, v128.and(f32x4.gt(value, zero), f32x4.le(value, limit)));
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), v128.bitselect(passes, value, f32x4.eq(value, value))));
  }
  for (; i < end; i += 4) {
    const value = load<f32>(x + i);
    const passes: f32 = value > 0 && value <= max ? 1 : 0;
    store<f32>(dx + i, load<f32>(dy + i) * (value == value ? passes : value));
  }
}

/** The gradient of leakyRelu: dy where x > 0, else dy · alpha. */
export function leakyReluGradient(dy: usize, x: usize, dx: usize, size: i32, alpha: f32): void {
  const end = <usize>size << 2;
  const vectors = end & ~15;
  const zero = f32x4.splat(0);
  const slope = f32x4.splat(alpha);
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    const given = v128.load(dy + i);
    v128.store(dx + i, v128.bitselect(given, f32x4.mul(given, slope), f32x4.gt(v128.load(x + i), zero)));
  }
  for (; i < end; i += 4) {
    const given = load<f32>(dy + i);
    store<f32>(dx + i, load<f32>(x + i) > 0 ? given : given * alpha);
  }
}

/** The gradient of the square: dy · (x · 2), rounded as tfjs' ops round. */
export function squareGradient(dy: usize, x: usize, dx: usize, size: i32): void {
  const end = <usize>size << 2;
  const vectors = end & ~15;
  const two = f32x4.splat(2);
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), f32x4.mul(v128.load(x + i), two)));
  }
  for (; i < end; i += 4) store<f32>(dx + i, load<f32>(dy + i) * (load<f32>(x + i) * 2));
}
