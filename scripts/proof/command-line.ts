/** What `read` makes of the command line. Where it throws, a line says what is wrong, and the process ends with status 2: nothing was proven. */
export function commandLine<Options>(read: () => Options): Options {
  try {
    return read();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}
