import type { MetricOptions } from './metric-options.js';

export interface ThresholdOptions extends MetricOptions {
  /** A prediction above it is positive. With a list, the result is one value a threshold, of which logs have the first.  @default 0.5 */
  readonly thresholds?: number | readonly number[];
}

export interface ClassThresholdOptions extends ThresholdOptions {
  /** Only the k largest predictions of a sample count as positive, without a threshold unless one is given.  @default all may */
  readonly topK?: number;
  /** Only the predictions of this class, counted from 0, count.  @default all classes */
  readonly classId?: number;
}
