import type { MetricOptions } from './metric-options.js';

export interface ConstraintOptions extends MetricOptions {
  /** How many thresholds are tried, evenly from 0 to 1; more cost memory and time in proportion.  @default 200 */
  readonly numThresholds?: number;
  /** Where given, only the predictions of this class count. */
  readonly classId?: number;
}
