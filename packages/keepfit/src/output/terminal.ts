/** The output of the command, and the facts it needs about the terminal and the time. */
export interface Terminal {
  /** Writes to standard output. */
  print(text: string): void;
  /** Writes to standard error. */
  printError(text: string): void;
  /** Whether standard output is a terminal that shows colours. */
  readonly hasColours: boolean;
  /** In milliseconds since 1970. */
  now(): number;
}

/** Colours of a terminal, or none. */
export interface Paint {
  bold(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
}

export function createPaint(hasColours: boolean): Paint {
  const wrap = (code: number, end: number) => (text: string) =>
    hasColours ? `\x1b[${code}m${text}\x1b[${end}m` : text;
  return { bold: wrap(1, 22), good: wrap(32, 39), bad: wrap(31, 39), dim: wrap(2, 22) };
}

/** The exit statuses, with the same meaning as those of diff. */
export const EXIT = { good: 0, bad: 1, trouble: 2 } as const;
