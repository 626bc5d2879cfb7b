import { timers } from '@keepfit/callbacks/internal';

/** News of the run, the connection or the signal, which end the wait at hand. */
export class News {
  /** Ends the wait at hand. */
  #wake: () => void = () => {};
  #isThere = false;

  /** From here on, only what is told afterwards ends a wait. */
  clear(): void {
    this.#isThere = false;
  }

  tell(): void {
    this.#isThere = true;
    this.#wake();
  }

  /** Resolves as `promise` does, or to undefined if there is news first. */
  race<Value>(promise: Promise<Value>): Promise<Value | undefined> {
    let wake: (news: undefined) => void = () => {};
    const news = new Promise<undefined>((resolve) => (wake = resolve));
    return this.during(
      () => wake(undefined),
      () => Promise.race([promise, news]),
    );
  }

  /** Calls `wake` if there is news until `wait` has settled. */
  async during<Value>(wake: () => void, wait: () => Promise<Value>): Promise<Value> {
    this.#wake = wake;
    if (this.#isThere) wake();
    try {
      return await wait();
    } finally {
      this.#wake = () => {};
    }
  }

  /** Waits so long, or until there is news. */
  async sleep(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof timers.setTimeout> | undefined;
    await this.race(new Promise<void>((resolve) => (timer = timers.setTimeout(resolve, milliseconds))));
    timers.clearTimeout(timer);
  }
}
