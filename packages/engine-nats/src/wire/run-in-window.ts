/** How many messages of one sender are on the way at once. */
const WINDOW = 4;

/** Runs a task for each item, a few at a time. Rejects with the first error, and starts no more then. */
export async function runInWindow<Item>(
  items: readonly Item[],
  run: (item: Item) => Promise<unknown>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  let hasFailed = false;
  const work = async (): Promise<void> => {
    for (const item of waiting) {
      if (hasFailed) return;
      try {
        await run(item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, work));
}
