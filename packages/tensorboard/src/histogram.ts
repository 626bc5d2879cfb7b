import type { CaptureEntry, DType } from '@keepfit/callbacks';
import type { HistogramBuckets } from './events.js';

const BUCKETS = 30;
const COLUMNS = 3;

/**
 * Counts values in 30 buckets of equal width from the smallest to the largest, as TensorFlow's
 * `tf.summary.histogram` does. If all are equal, the last bucket holds them all; if there are none, all
 * numbers are 0. NaN and infinite values are ignored.
 */
export function countBuckets(values: ArrayLike<number>): HistogramBuckets {
  const rows = new Float64Array(BUCKETS * COLUMNS);
  const range = findFiniteRange(values);
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

function findFiniteRange(values: ArrayLike<number>): { least: number; greatest: number } | undefined {
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

type Numbers = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayLike<number>;

const ARRAYS: Readonly<Record<DType, Numbers & { readonly BYTES_PER_ELEMENT: number }>> = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** Reads the values of a captured tensor. Waits for the device; the result may be its live memory. */
export async function readNumbers(entry: CaptureEntry): Promise<ArrayLike<number>> {
  const bytes = await entry.read();
  const array = ARRAYS[entry.dtype];
  const { buffer, byteOffset, byteLength } =
    bytes.byteOffset % array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new array(buffer as ArrayBuffer, byteOffset, byteLength / array.BYTES_PER_ELEMENT);
}
