/** x to the power of a whole number, by squaring, so that every JavaScript engine gives the same bits. */
function raise(x: number, power: number): number {
  let result = 1;
  for (let base = x, left = power; left > 0; left = Math.floor(left / 2), base *= base)
    if (left % 2 === 1) result *= base;
  return result;
}

/** A float32 number to the power of a whole number, in float32. */
export function power32(x: number, power: number): number {
  return Math.fround(raise(Math.fround(x), power));
}
