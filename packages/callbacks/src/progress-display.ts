import type { Progress } from './progress-line.js';

/** Shows the progress of one epoch, evaluation or prediction. Times are in milliseconds. */
export interface ProgressDisplay {
  /** Called after each batch; shows it or not, as it sees fit. */
  update(progress: Progress, now: number): void;
  finish(progress: Progress): void;
  /** Called instead of `finish` where training broke off: leaves no half line. */
  abandon(): void;
}
