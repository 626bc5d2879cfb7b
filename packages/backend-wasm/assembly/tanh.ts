/*
 * The hyperbolic tangent in single precision, to 2 units in the last place. The polynomials and the bounds are from
 * tanhf.c and expf.c of the Cephes Mathematical Library (Stephen L. Moshier, 1992).
 */

/** y = tanh x. NaN stays NaN. */
export function tanh(x: usize, y: usize, size: i32): void {
  const end = <usize>size << 2;
  const vectors = end & ~15;
  let i: usize = 0;
  for (; i < vectors; i += 16) v128.store(y + i, tanhOf(v128.load(x + i)));
  for (; i < end; i += 4) store<f32>(y + i, f32x4.extract_lane(tanhOf(v128.load32_splat(x + i)), 0));
}

// @ts-ignore: decorator
@inline
function tanhOf(x: v128): v128 {
  const sign = v128.and(x, f32x4.splat(-0.0));
  const size = v128.xor(x, sign);
  const large = v128.or(largeTanh(size), sign);
  return v128.bitselect(smallTanh(x), large, f32x4.lt(size, f32x4.splat(0.625)));
}

/** x + x³ · P(x²), below 0.625. */
// @ts-ignore: decorator
@inline
function smallTanh(x: v128): v128 {
  const square = f32x4.mul(x, x);
  let sum = f32x4.splat(-5.70498872745e-3);
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(2.06390887954e-2));
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(-5.37397155531e-2));
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(1.33314422036e-1));
  sum = f32x4.add(f32x4.mul(sum, square), f32x4.splat(-3.33332819422e-1));
  return f32x4.add(f32x4.mul(f32x4.mul(sum, square), x), x);
}

/** 1 - 2 / (e²ˣ + 1), which is 1 in single precision from 9.1 on. */
// @ts-ignore: decorator
@inline
function largeTanh(x: v128): v128 {
  const power = exponential(f32x4.min(f32x4.add(x, x), f32x4.splat(40)));
  return f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(power, f32x4.splat(1))));
}

/** eˣ for 0 ≤ x ≤ 40: 2ⁿ · e^r. r is the remainder of x / ln 2, with ln 2 in two parts. */
// @ts-ignore: decorator
@inline
function exponential(x: v128): v128 {
  const n = f32x4.floor(f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504088896341)), f32x4.splat(0.5)));
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375))), f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let sum = f32x4.splat(1.9875691500e-4);
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.3981999507e-3));
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(8.3334519073e-3));
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(4.1665795894e-2));
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(1.6666665459e-1));
  sum = f32x4.add(f32x4.mul(sum, r), f32x4.splat(5.0000001201e-1));
  sum = f32x4.add(f32x4.add(f32x4.mul(sum, f32x4.mul(r, r)), r), f32x4.splat(1));
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(sum, scale);
}
