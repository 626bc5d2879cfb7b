/** The gradient of tanh from its result y: (1 - y²) · dy, rounded as tfjs' ops round. */
export function tanhGradient(dy: usize, y: usize, dx: usize, size: i32): void {
  const end = <usize>size << 2;
  const vectors = end & ~15;
  const one = f32x4.splat(1);
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    const value = v128.load(y + i);
    v128.store(dx + i, f32x4.mul(f32x4.sub(one, f32x4.mul(value, value)), v128.load(dy + i)));
  }
  for (; i < end; i += 4) {
    const value = load<f32>(y + i);
    store<f32>(dx + i, (1 - value * value) * load<f32>(dy + i));
  }
}

/** The gradient of sigmoid from its result y: dy · (y · (1 - y)), rounded as tfjs' ops round. */
export function sigmoidGradient(dy: usize, y: usize, dx: usize, size: i32): void {
  const end = <usize>size << 2;
  const vectors = end & ~15;
  const one = f32x4.splat(1);
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    const value = v128.load(y + i);
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), f32x4.mul(value, f32x4.sub(one, value))));
  }
  for (; i < end; i += 4) {
    const value = load<f32>(y + i);
    store<f32>(dx + i, load<f32>(dy + i) * (value * (1 - value)));
  }
}

/** The gradient of clipByValue: dy where x lies from `low` to `high`, both included, else 0. */
export function clipGradient(dy: usize, x: usize, dx: usize, size: i32, low: f32, high: f32): void {
  const end = <usize>size << 2;
  const vectors = end & ~15;
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    const value = v128.load(x + i);
    v128.store(dx + i, v128.and(v128.load(dy + i), v128.and(f32x4.ge(value, lows), f32x4.le(value, highs))));
  }
  for (; i < end; i += 4) {
    const value = load<f32>(x + i);
    store<f32>(dx + i, value >= low && value <= high ? load<f32>(dy + i) : 0);
  }
}
