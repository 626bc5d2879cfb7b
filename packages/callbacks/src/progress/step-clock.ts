/**
 * Counts the steps of one epoch, evaluation or prediction and times them, with times in milliseconds given by the caller.
 *
 * The first batch may be any, as within a resumed epoch, and the count may jump, as where one execution runs several steps.
 */
export class StepClock {
  readonly #startedAt: number;
  #offset: number | undefined;
  #done = 0;
  #endedAt: number;
  #warm: { readonly at: number; readonly seen: number } | undefined;

  constructor(now: number) {
    this.#startedAt = now;
    this.#endedAt = now;
  }

  begin(batch: number): void {
    this.#offset ??= batch;
  }

  end(batch: number, now: number): void {
    this.#offset ??= 0;
    this.#done = batch + 1;
    this.#endedAt = now;
    this.#warm ??= { at: now, seen: this.seen };
  }

  /** Steps done since the beginning of the epoch, those before a resume included. */
  get done(): number {
    return this.#done;
  }

  /** Steps done under this clock. */
  get seen(): number {
    return this.#done === 0 ? 0 : this.#done - (this.#offset ?? 0);
  }

  /** Undefined before the first step is done. The first execution counts only while there is no other: it warms up, as in Keras. */
  get msPerStep(): number | undefined {
    const { seen } = this;
    if (seen === 0) return undefined;
    const warm = this.#warm;
    if (warm !== undefined && seen > warm.seen) return (this.#endedAt - warm.at) / (seen - warm.seen);
    return (this.#endedAt - this.#startedAt) / seen;
  }

  elapsed(now: number): number {
    return now - this.#startedAt;
  }
}
