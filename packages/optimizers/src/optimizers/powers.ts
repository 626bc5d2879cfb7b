/** A float32 number to the power of a whole number, by squaring, so that every JavaScript engine gives the same bits. */
export function power32(x: number, power: number): number {
  let result = 1;
  for (let base = Math.fround(x), left = power; left > 0; left = Math.floor(left / 2), base *= base)
    if (left % 2 === 1) result *= base;
  return Math.fround(result);
}
