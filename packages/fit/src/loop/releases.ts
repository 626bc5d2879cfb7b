type Release = () => void | Promise<void>;

/** The releases that a run owes when it ends. */
export class Releases {
  #releases: Release[] = [];

  defer(release: Release): void {
    this.#releases.push(release);
  }

  /**
   * Runs `work`, then the deferred releases, last first, even after an error. It rejects with the first
   * error.
   */
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
