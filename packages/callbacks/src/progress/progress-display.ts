import type { Progress } from './progress-line.js';

/** Shows the progress of one epoch, evaluation or prediction. Times are in milliseconds. */
export interface ProgressDisplay {
  /** Called after each batch; shows it or not, as it sees fit. */
  update(progress: Progress, now: number): void;
  finish(progress: Progress): void;
  /** Called instead of `finish` where training broke off: leaves no half line. */
  abandon(): void;
}

/** Where a progress display writes. */
export interface ProgressOutput {
  write(text: string): void;
  /** Whether a line can be drawn again in place with a carriage return. Where not, only whole lines are written. */
  readonly isTerminal: boolean;
  /** The width of the terminal in characters. @default 80 */
  readonly columns?: number | undefined;
}
