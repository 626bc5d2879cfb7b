/** A queue of one's own: `run` starts an operation when those before it are done, however they ended. */
export function createQueue(): { run<Result>(operation: () => Promise<Result>): Promise<Result> } {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (operation) => {
      const mine = last.then(operation, operation);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}
