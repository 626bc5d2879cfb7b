/** Where a progress display writes. */
export interface ProgressOutput {
  write(text: string): void;
  /** Whether a line can be drawn again in place with a carriage return. Where not, only whole lines are written. */
  readonly isTerminal: boolean;
  /** The width of the terminal in characters. @default 80 */
  readonly columns?: number | undefined;
}
