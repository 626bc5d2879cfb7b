/** Every function of Math that kernels use and that engines may compute differently. */
const FUNCTIONS = [
  ...['acos', 'acosh', 'asin', 'asinh', 'atan', 'atan2', 'atanh', 'cos', 'cosh', 'exp', 'expm1', 'hypot'],
  ...['log', 'log1p', 'pow', 'sin', 'sinh', 'tan', 'tanh'],
] as const;

const INPUTS = 128;

/**
 * Names the Math of this JavaScript engine, as in `math 5f3a91c2`: a checksum of its functions over fixed
 * inputs. ECMAScript leaves their last bits to the engine, and engines differ there, as do versions of one.
 * It takes about a millisecond.
 *
 * For authors of backends: make it part of `kernels` if a kernel computes with `Math.exp` and the like.
 */
export function fingerprintMath(): string {
  const value = new Float64Array(1);
  const words = new Int32Array(value.buffer);
  let hash = 0;
  for (const name of FUNCTIONS) {
    const compute: (x: number, y: number) => number = Math[name];
    for (let i = 0; i < INPUTS; i++) {
      // Half of the inputs are in the domain of every function. Half of the exponents are whole numbers, for
      // which some engines have a way of their own.
      const x = i % 2 === 0 ? (i + 0.3) / INPUTS : i / 4.7 - 13.7;
      const y = i % 4 < 2 ? i / 7.3 - 7.9 : (i % 41) - 20;
      // NaN has many encodings, of which an engine may choose any.
      value[0] = compute(x, y) || 0;
      for (const word of words) hash = Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15);
    }
  }
  return `math ${(hash >>> 0).toString(16).padStart(8, '0')}`;
}
