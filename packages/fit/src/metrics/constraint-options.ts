import type { MetricOptions } from './metric-options.js';

export interface ConstraintOptions extends MetricOptions {
  /** How many thresholds are tried, evenly from 0 to 1; more cost memory and time in proportion.  @default 200 */
  readonly numThresholds?: number;
  /** Only the predictions of this class, counted from 0, count.  @default all classes */
  readonly classId?: number;
}
