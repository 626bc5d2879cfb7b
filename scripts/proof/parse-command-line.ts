/**
 * Parses the command line with `read`. If it throws, the error is printed and the process ends with status 2:
 * nothing was proven.
 */
export function parseCommandLine<Options>(read: () => Options): Options {
  try {
    return read();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}

/**
 * Parses the number of an option. It throws an Error with a message for the user if it is no whole number
 * from `least`.
 */
export function parseWholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${option} must be a whole number from ${least}, not "${text}"`);
}
