/** One step of gradient descent: weight + step · gradient, rounded as tfjs' ops round. */
export function sgd(weight: usize, gradient: usize, newWeight: usize, size: i32, step: f32): void {
  const end = <usize>size << 2;
  const vectors = end & ~15;
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    v128.store(newWeight + i, f32x4.add(f32x4.mul(f32x4.splat(step), v128.load(gradient + i)), v128.load(weight + i)));
  }
  for (; i < end; i += 4) store<f32>(newWeight + i, step * load<f32>(gradient + i) + load<f32>(weight + i));
}

/** One step with momentum, or with Nesterov momentum, rounded as tfjs' ops round. */
export function momentum(
  weight: usize,
  gradient: usize,
  accumulation: usize,
  newWeight: usize,
  newAccumulation: usize,
  size: i32,
  factor: f32,
  step: f32,
  nesterov: bool,
): void {
  const end = <usize>size << 2;
  const vectors = end & ~15;
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    const g = v128.load(gradient + i);
    const a = f32x4.add(f32x4.mul(f32x4.splat(factor), v128.load(accumulation + i)), g);
    v128.store(newAccumulation + i, a);
    const direction = nesterov ? f32x4.add(g, f32x4.mul(a, f32x4.splat(factor))) : a;
    v128.store(newWeight + i, f32x4.add(f32x4.mul(f32x4.splat(step), direction), v128.load(weight + i)));
  }
  for (; i < end; i += 4) {
    const g = load<f32>(gradient + i);
    const a = factor * load<f32>(accumulation + i) + g;
    store<f32>(newAccumulation + i, a);
    const direction: f32 = nesterov ? g + a * factor : a;
    store<f32>(newWeight + i, step * direction + load<f32>(weight + i));
  }
}

/** One step of RMSProp, not centred, rounded as tfjs' ops round. */
export function rmsprop(
  weight: usize,
  gradient: usize,
  squares: usize,
  moments: usize,
  newWeight: usize,
  newSquares: usize,
  newMoments: usize,
  size: i32,
  decay: f32,
  rest: f32,
  factor: f32,
  epsilon: f32,
  rate: f32,
): void {
  const end = <usize>size << 2;
  const vectors = end & ~15;
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    const g = v128.load(gradient + i);
    const s = f32x4.add(f32x4.mul(v128.load(squares + i), f32x4.splat(decay)), f32x4.mul(f32x4.mul(g, g), f32x4.splat(rest)));
    const share = f32x4.div(f32x4.mul(g, f32x4.splat(rate)), f32x4.sqrt(f32x4.add(s, f32x4.splat(epsilon))));
    const m = f32x4.add(f32x4.mul(v128.load(moments + i), f32x4.splat(factor)), share);
    v128.store(newSquares + i, s);
    v128.store(newMoments + i, m);
    v128.store(newWeight + i, f32x4.sub(v128.load(weight + i), m));
  }
  for (; i < end; i += 4) {
    const g = load<f32>(gradient + i);
    const s = load<f32>(squares + i) * decay + g * g * rest;
    const m = load<f32>(moments + i) * factor + (g * rate) / sqrt<f32>(s + epsilon);
    store<f32>(newSquares + i, s);
    store<f32>(newMoments + i, m);
    store<f32>(newWeight + i, load<f32>(weight + i) - m);
  }
}
