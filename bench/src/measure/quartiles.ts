export interface Quartiles {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Returns the median and the quartiles of some numbers. */
export function getQuartiles(values: readonly number[]): Quartiles {
  return {
    median: getQuantile(values, 0.5),
    low: getQuantile(values, 0.25),
    high: getQuantile(values, 0.75),
  };
}

/** Returns a quantile of some numbers, interpolated. `part` is from 0 to 1. */
export function getQuantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = part * (sorted.length - 1);
  const [below = NaN, above = NaN] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at - Math.floor(at));
}
