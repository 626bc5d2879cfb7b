import type { ProgressDisplay, ProgressOutput } from './progress-display.js';
import { type Progress, progressBarLine } from './progress-line.js';

const REDRAW_MS = 100;
const DEFAULT_COLUMNS = 80;

/** Draws a bar in place on a terminal, at most ten times a second. */
export class TerminalDisplay implements ProgressDisplay {
  readonly #output: ProgressOutput;
  #drawnAt = -Infinity;
  #drawnWidth = 0;

  constructor(output: ProgressOutput, title: string) {
    this.#output = output;
    if (title !== '') output.write(`${title}\n`);
  }

  update(progress: Progress, now: number): void {
    if (now - this.#drawnAt < REDRAW_MS && progress.done !== progress.target) return;
    this.#drawnAt = now;
    // In the last column some terminals wrap at once, and the carriage return would then go to the wrong line.
    const line = progressBarLine(progress, (this.#output.columns || DEFAULT_COLUMNS) - 1);
    this.#output.write(this.#over(line));
    this.#drawnWidth = [...line].length;
  }

  finish(progress: Progress): void {
    // The last line stays whole: it may wrap, for nothing is drawn over it.
    this.#output.write(`${this.#over(progressBarLine(progress, Infinity))}\n`);
    this.#drawnWidth = 0;
  }

  abandon(): void {
    if (this.#drawnWidth > 0) this.#output.write('\n');
    this.#drawnWidth = 0;
  }

  #over(line: string): string {
    if (this.#drawnWidth === 0) return line;
    return `\r${line}${' '.repeat(Math.max(0, this.#drawnWidth - [...line].length))}`;
  }
}
