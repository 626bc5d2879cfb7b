type Release = () => void | Promise<void>;

/** What a run must release when it ends. */
export class Releases {
  #releases: Release[] = [];

  defer(release: Release): void {
    this.#releases.push(release);
  }

  /** Runs `work`, then releases what was deferred, last first, even after an error. Throws the first error of all. */
  async runAndRelease<T>(work: () => Promise<T>): Promise<T> {
    const failures: { error: unknown }[] = [];
    let result: { value: T } | undefined;
    try {
      result = { value: await work() };
    } catch (error) {
      failures.push({ error });
    }
    for (const release of this.#releases.splice(0).reverse()) {
      try {
        await release();
      } catch (error) {
        failures.push({ error });
      }
    }
    const [first] = failures;
    if (first !== undefined) throw first.error;
    return (result as { value: T }).value;
  }
}
