import { formatError } from '../checks/format-error.js';
import { printWarning } from '../contract/print.js';
import { waitForTurn } from '../timers.js';
import { formatLastBar, formatProgressBar, formatProgressText, type Progress } from './progress-line.js';
import { countColumns } from './text-width.js';

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
  write?(text: string, done: (error?: Error | null) => void): unknown;
  on?(event: 'error', listener: () => void): unknown;
  removeListener?(event: 'error', listener: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Returns the process' standard output if there is one, and otherwise lines in the console. After a failed
 * write, because its reader has gone or its disk is full, it writes no more.
 */
export function getStandardOutput(): ProgressOutput {
  const stream = (globalThis as { process?: { stdout?: StandardStream } }).process?.stdout;
  if (typeof stream?.write !== 'function') return { write: writeToConsole, isTerminal: false };
  let hasFailed = false;
  const done = (error?: Error | null) => {
    if (!error || hasFailed) return;
    hasFailed = true;
    ignoreErrorEvent(stream);
  };
  return {
    write(text) {
      if (!hasFailed) stream.write?.(text, done);
    },
    isTerminal: stream.isTTY === true,
    // Read each time because a window can be resized.
    get columns() {
      return stream.columns;
    },
  };
}

/** The event follows the callback of the write, and would end the process. */
function ignoreErrorEvent(stream: StandardStream): void {
  const ignore = () => undefined;
  stream.on?.('error', ignore);
  void waitForTurn().then(() => stream.removeListener?.('error', ignore));
}

/** Returns an output that a failed write makes silent, with one warning: progress must not end a training. */
export function createOptionalOutput(output: ProgressOutput): ProgressOutput {
  let hasFailed = false;
  const fail = (error: unknown) => {
    if (!hasFailed)
      printWarning(
        `keepfit: the output of ProgbarLogger has failed, and shows no more: ${formatError(error)}`,
      );
    hasFailed = true;
  };
  // Its output may be an async function, whose rejection would end the process.
  const send = async (text: string) => output.write(text);
  return {
    write: (text) => void (hasFailed || send(text).catch(fail)),
    isTerminal: output.isTerminal,
    get columns() {
      return output.columns;
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
    const line = formatProgressBar(progress, this.#width);
    this.#output.write(this.#drawOver(line));
    this.#drawnWidth = countColumns(line);
  }

  finish(progress: Progress): void {
    const [line = '', ...rest] = formatLastBar(progress, this.#width);
    this.#output.write([this.#drawOver(line), ...rest, ''].join('\n'));
    this.#drawnWidth = 0;
  }

  abandon(): void {
    if (this.#drawnWidth > 0) this.#output.write('\n');
    this.#drawnWidth = 0;
  }

  /**
   * The last column stays free: some terminals wrap there at once, and the carriage return would go to the
   * wrong line.
   */
  get #width(): number {
    return (this.#output.columns || DEFAULT_COLUMNS) - 1;
  }

  #drawOver(line: string): string {
    if (this.#drawnWidth === 0) return line;
    // The window may be narrower than before.
    const width = Math.min(this.#drawnWidth, this.#width);
    return `\r${line}${' '.repeat(Math.max(0, width - countColumns(line)))}`;
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
