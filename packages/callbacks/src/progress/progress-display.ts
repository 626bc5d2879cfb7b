import { type Progress, formatProgressBar, formatProgressText } from './progress-line.js';

/** Shows the progress of one epoch, evaluation or prediction. Times are in milliseconds. */
export interface ProgressDisplay {
  /** Called after each batch; may decide not to show it. */
  update(progress: Progress, now: number): void;
  finish(progress: Progress): void;
  /** Called instead of `finish` if training breaks off: completes a partial line. */
  abandon(): void;
}

/** The output of a progress display. */
export interface ProgressOutput {
  write(text: string): void;
  /** Whether a carriage return allows a line to be redrawn in place. If not, only whole lines are written. */
  readonly isTerminal: boolean;
  /** The width of the terminal in characters. @default 80 */
  readonly columns?: number | undefined;
}

interface StandardStream {
  write?(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Returns the process' standard output if there is one, and otherwise lines in the console. */
export function getStandardOutput(): ProgressOutput {
  const stream = (globalThis as { process?: { stdout?: StandardStream } }).process?.stdout;
  if (typeof stream?.write !== 'function') return { write: writeToConsole, isTerminal: false };
  return {
    write: (text) => void stream.write?.(text),
    isTerminal: stream.isTTY === true,
    // Read each time because a window can be resized.
    get columns() {
      return stream.columns;
    },
  };
}

function writeToConsole(text: string): void {
  console.log(text.replace(/\n$/, ''));
}

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
    // Leave the last column free: some terminals wrap there at once, and the carriage return would go to the
    // wrong line.
    const line = formatProgressBar(progress, (this.#output.columns || DEFAULT_COLUMNS) - 1);
    this.#output.write(this.#drawOver(line));
    this.#drawnWidth = [...line].length;
  }

  finish(progress: Progress): void {
    // The last line may wrap because nothing is drawn over it.
    this.#output.write(`${this.#drawOver(formatProgressBar(progress, Infinity))}\n`);
    this.#drawnWidth = 0;
  }

  abandon(): void {
    if (this.#drawnWidth > 0) this.#output.write('\n');
    this.#drawnWidth = 0;
  }

  #drawOver(line: string): string {
    if (this.#drawnWidth === 0) return line;
    return `\r${line}${' '.repeat(Math.max(0, this.#drawnWidth - [...line].length))}`;
  }
}

const PAUSE_MS = 10_000;
const PAUSE_OF_UNKNOWN_LENGTH_MS = 60_000;
const PARTS = 10;

/**
 * Writes whole lines, without control characters: one at the end, and unless `isTerse` one after each tenth
 * of the steps, at most one in 10 s. For a stream of unknown length, one a minute.
 */
export class PlainDisplay implements ProgressDisplay {
  readonly #output: ProgressOutput;
  readonly #title: string;
  readonly #isTerse: boolean;
  #writtenAt: number;
  #writtenPart: number | undefined;

  constructor(output: ProgressOutput, title: string, isTerse: boolean, now: number) {
    this.#output = output;
    this.#title = title;
    this.#isTerse = isTerse;
    this.#writtenAt = now;
  }

  update(progress: Progress, now: number): void {
    if (this.#isTerse || !this.#isDue(progress, now)) return;
    this.#writtenAt = now;
    this.#write(progress);
  }

  finish(progress: Progress): void {
    this.#write(progress);
  }

  abandon(): void {}

  #isDue({ done, target }: Progress, now: number): boolean {
    const pause = now - this.#writtenAt;
    if (target === undefined || done > target) return pause >= PAUSE_OF_UNKNOWN_LENGTH_MS;
    if (done === target) return false;
    const part = Math.floor((PARTS * done) / target);
    // A resumed epoch begins within a part, which was announced before.
    this.#writtenPart ??= Math.floor((PARTS * (done - 1)) / target);
    if (part <= this.#writtenPart || pause < PAUSE_MS) return false;
    this.#writtenPart = part;
    return true;
  }

  #write(progress: Progress): void {
    this.#output.write(`${formatProgressText(this.#title, progress)}\n`);
  }
}
