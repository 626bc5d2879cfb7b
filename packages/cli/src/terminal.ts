/** Where the command writes, and what it knows of the world. */
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
