/** Numbers in [-1, 1) that repeat from run to run. */
export function numbers(count: number, seed = 1): Float32Array {
  let state = seed * 2654435761;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Few different numbers, none above 0, so that windows tie and have no positive value. */
export function ties(count: number, seed = 1): Float32Array {
  return numbers(count, seed).map((value) => Math.floor(value * 2) - 2);
}
