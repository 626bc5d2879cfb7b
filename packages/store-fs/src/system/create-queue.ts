/** Creates a queue: `run` starts an operation when all earlier ones have ended, whether they succeeded or failed. */
export function createQueue(): { run<Result>(operation: () => Promise<Result>): Promise<Result> } {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (operation) => {
      const current = last.then(operation, operation);
      last = current.catch(() => undefined);
      return current;
    },
  };
}
