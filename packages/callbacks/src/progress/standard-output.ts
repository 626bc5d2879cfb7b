import type { ProgressOutput } from './progress-display.js';

interface StandardStream {
  write?(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The process' standard output where there is one, and lines in the console elsewhere. */
export function standardOutput(): ProgressOutput {
  const stream = (globalThis as { process?: { stdout?: StandardStream } }).process?.stdout;
  if (typeof stream?.write !== 'function') return { write: writeToConsole, isTerminal: false };
  return {
    write: (text) => void stream.write?.(text),
    isTerminal: stream.isTTY === true,
    // Read anew each time, for a window can be resized.
    get columns() {
      return stream.columns;
    },
  };
}

function writeToConsole(text: string): void {
  console.log(text.replace(/\n$/, ''));
}
