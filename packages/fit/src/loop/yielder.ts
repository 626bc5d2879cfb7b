import { timers, waitForTurn } from '@keepfit/callbacks/internal';

/**
 * Default interval, in ms, at which training yields to the event loop: a page that shows 60 frames a second
 * stays smooth.
 */
export const YIELD_EVERY = 10;

/**
 * The share of the time for further turns: a file needs a dozen of them to be written, and a long step leaves
 * room for one.
 */
const SHARE = 0.01;

/**
 * Yields to the event loop while training keeps it busy, so that files are written, signals arrive and a page
 * stays responsive. It yields by time, not by batch: small steps do not pay for it.
 */
export class Yielder {
  readonly #every: number;
  #last = timers.now();

  /** @param every The interval between two turns, in ms. */
  constructor(every: number) {
    this.#every = every;
  }

  /** Resolves at once, or after some turns if they are due. */
  async turn(): Promise<void> {
    const start = timers.now();
    const elapsed = start - this.#last;
    if (elapsed < this.#every) return;
    do await this.turnNow();
    while (timers.now() - start < SHARE * elapsed);
  }

  /** Resolves after a turn. */
  async turnNow(): Promise<void> {
    await waitForTurn();
    this.#last = timers.now();
  }
}
