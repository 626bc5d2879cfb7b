/** Says what went wrong, and in which line of the program if the error knows. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [, line] = /blob:[^\s)]*:(\d+):\d+/.exec(error.stack ?? '') ?? [];
  return line === undefined ? String(error) : `Line ${line}: ${String(error)}`;
}
