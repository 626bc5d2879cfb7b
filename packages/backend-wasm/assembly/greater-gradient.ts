/**
 * The gradient of a maximum or minimum: dy · 1 where a > b, or a ≥ b with `orEqual`, else dy · 0. An operand of
 * `sizeA` or `sizeB` elements is as long as dy, or a single number.
 */
export function greaterGradient(dy: usize, a: usize, sizeA: i32, b: usize, sizeB: i32, dx: usize, size: i32, orEqual: bool): void {
  const end = <usize>size << 2;
  const vectors = end & ~15;
  const one = f32x4.splat(1);
  const stepA: usize = sizeA == size ? 1 : 0;
  const stepB: usize = sizeB == size ? 1 : 0;
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    const first = stepA ? v128.load(a + i) : v128.load32_splat(a);
    const second = stepB ? v128.load(b + i) : v128.load32_splat(b);
    const passes = orEqual ? f32x4.ge(first, second) : f32x4.gt(first, second);
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), v128.and(one, passes)));
  }
  for (; i < end; i += 4) {
    const first = load<f32>(a + i * stepA);
    const second = load<f32>(b + i * stepB);
    const passes: f32 = (orEqual ? first >= second : first > second) ? 1 : 0;
    store<f32>(dx + i, load<f32>(dy + i) * passes);
  }
}
