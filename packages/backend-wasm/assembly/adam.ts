/**
 * One step of Adam over one weight, in the order and rounding of tfjs' own elementwise ops, with the same
 * bits. Reads the old values and writes the new ones elsewhere.
 */
export function adam(
  weight: usize,
  gradient: usize,
  first: usize,
  second: usize,
  newWeight: usize,
  newFirst: usize,
  newSecond: usize,
  size: i32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  correction1: f32,
  correction2: f32,
  epsilon: f32,
  rate: f32,
): void {
  let i: usize = 0;
  const end = <usize>size << 2;
  const vectors = end & ~15;
  for (; i < vectors; i += 16) {
    const g = v128.load(gradient + i);
    const m = f32x4.add(f32x4.mul(v128.load(first + i), f32x4.splat(beta1)), f32x4.mul(g, f32x4.splat(rest1)));
    const v = f32x4.add(f32x4.mul(v128.load(second + i), f32x4.splat(beta2)), f32x4.mul(f32x4.mul(g, g), f32x4.splat(rest2)));
    v128.store(newFirst + i, m);
    v128.store(newSecond + i, v);
    const corrected = f32x4.div(m, f32x4.splat(correction1));
    const root = f32x4.add(f32x4.sqrt(f32x4.div(v, f32x4.splat(correction2))), f32x4.splat(epsilon));
    const step = f32x4.mul(f32x4.div(corrected, root), f32x4.splat(rate));
    v128.store(newWeight + i, f32x4.add(step, v128.load(weight + i)));
  }
  for (; i < end; i += 4) {
    const g = load<f32>(gradient + i);
    const m = load<f32>(first + i) * beta1 + g * rest1;
    const v = load<f32>(second + i) * beta2 + g * g * rest2;
    store<f32>(newFirst + i, m);
    store<f32>(newSecond + i, v);
    const root = sqrt<f32>(v / correction2) + epsilon;
    store<f32>(newWeight + i, (m / correction1 / root) * rate + load<f32>(weight + i));
  }
}
