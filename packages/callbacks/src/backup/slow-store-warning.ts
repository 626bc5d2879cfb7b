/** When a training that waits for its store says so, in ms. */
const SLOW = 30_000;

/** Says once that a training waits for its store, which may never answer. */
export class SlowStoreWarning {
  readonly #key: string;
  #hasWarned = false;

  constructor(key: string) {
    this.#key = key;
  }

  /** Awaits a call of the store that the training waits for. `what` is for the message: `write`. */
  async during<Result>(what: string, call: Promise<Result>): Promise<Result> {
    const timer = this.#hasWarned ? undefined : setTimeout(() => this.#warn(what), SLOW);
    try {
      return await call;
    } finally {
      clearTimeout(timer);
    }
  }

  #warn(what: string): void {
    this.#hasWarned = true;
    console.warn(
      `keepfit: training has waited ${SLOW / 1000} s for its store to ${what} the backup "${this.#key}", and continues when the store answers. If it never does, look at the place of the store: its disk, network or quota`,
    );
  }
}
