/** What TensorBoard shows at one step of a curve: a scalar, or the buckets of a histogram. */
export interface Point {
  /** The name of the curve. */
  readonly tag: string;
  readonly step: number;
  readonly value: number | HistogramBuckets;
}

/** One bucket a row: left edge, right edge, how many values; row-major. */
export interface HistogramBuckets {
  readonly rows: Float64Array;
}
