/** Every function of Math that tfjs' kernels or keepfit's use and that engines may compute differently. */
const FUNCTIONS = [
  ...['acos', 'acosh', 'asin', 'asinh', 'atan', 'atan2', 'atanh', 'cos', 'cosh', 'exp', 'expm1', 'hypot'],
  ...['log', 'log1p', 'pow', 'sin', 'sinh', 'tan', 'tanh'],
] as const;

const INPUTS = 64;

/**
 * Names the Math of this JavaScript engine, as in `math 5f3a91c2`: a checksum of its functions over fixed
 * inputs. ECMAScript leaves their last bits to the engine, and two engines differ there, or two versions of
 * one. It takes about a millisecond.
 *
 * For authors of backends: make it part of `kernels` if a kernel computes with `Math.exp` and the like.
 */
export function fingerprintMath(): string {
  const numbers = new Float64Array(1);
  const words = new Int32Array(numbers.buffer);
  let hash = 0x811c9dc5;
  for (const name of FUNCTIONS) {
    const compute: (x: number, y: number) => number = Math[name];
    for (let i = 0; i < INPUTS; i++) {
      const unit = i / INPUTS;
      // Every other exponent of pow is a whole number, for which some engines have a way of their own.
      numbers[0] = compute(toDomain(name, unit), i % 2 === 0 ? 19.3 * unit - 7.9 : (i % 41) - 20);
      // NaN has many encodings, and engines choose one freely.
      if (Number.isNaN(numbers[0])) numbers[0] = 0;
      for (const word of words) hash = Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15);
    }
  }
  return `math ${(hash >>> 0).toString(16).padStart(8, '0')}`;
}

function toDomain(name: (typeof FUNCTIONS)[number], unit: number): number {
  switch (name) {
    case 'acos':
    case 'asin':
    case 'atanh':
      return 1.98 * unit - 0.99;
    case 'acosh':
      return 1 + 37.3 * unit;
    case 'log':
    case 'pow':
      return 1e-3 + 11.7 * unit;
    case 'log1p':
      return 23.9 * unit - 0.97;
    default:
      return 29.3 * unit - 13.7;
  }
}
