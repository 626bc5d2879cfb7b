import type { MetricOptions } from './metric-options.js';

export interface ThresholdOptions extends MetricOptions {
  /** A prediction above it is positive. With a list, the result is one value a threshold.  @default 0.5 */
  readonly thresholds?: number | readonly number[];
}

export interface ClassThresholdOptions extends ThresholdOptions {
  /** Where given, only the k largest predictions of a sample count as positive, without a threshold unless one is given. */
  readonly topK?: number;
  /** Where given, only the predictions of this class count. */
  readonly classId?: number;
}
