import type { HistogramBuckets } from './point.js';

const BUCKETS = 30;
const COLUMNS = 3;

/**
 * Counts values in 30 buckets of one width from the least to the greatest, as TensorFlow's `tf.summary.histogram` does: where all are
 * equal, the last bucket has them all; where there are none, all is 0. Values that are NaN or infinite are left out.
 */
export function histogramBuckets(values: ArrayLike<number>): HistogramBuckets {
  const rows = new Float64Array(BUCKETS * COLUMNS);
  const range = finiteRange(values);
  if (range === undefined) return { rows };
  const { least, greatest } = range;
  const width = (greatest - least) / BUCKETS;
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    rows[bucket * COLUMNS] = least + bucket * width;
    rows[bucket * COLUMNS + 1] = bucket === BUCKETS - 1 ? greatest : least + (bucket + 1) * width;
  }
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (!Number.isFinite(value)) continue;
    const bucket = width === 0 ? BUCKETS - 1 : Math.min(Math.floor((value - least) / width), BUCKETS - 1);
    rows[bucket * COLUMNS + 2] = (rows[bucket * COLUMNS + 2] as number) + 1;
  }
  return { rows };
}

function finiteRange(values: ArrayLike<number>): { least: number; greatest: number } | undefined {
  let least = Infinity;
  let greatest = -Infinity;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return least > greatest ? undefined : { least, greatest };
}
