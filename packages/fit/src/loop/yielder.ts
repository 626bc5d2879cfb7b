/** Milliseconds between two times that turns are given, where nothing else is asked for: a page that shows 60 frames a second stays smooth. */
export const YIELD_EVERY = 10;

/** The part of the time that may go to further turns: a file takes a dozen of them to be written, and a long step leaves room for one. */
const SHARE = 0.01;

/**
 * Gives the event loop its turns while training keeps it busy, so that files are written, signals arrive and a page stays responsive.
 * By time, not by batch: small steps do not pay for it.
 */
export class Yielder {
  readonly #every: number;
  #last = performance.now();
  #isDue = false;

  /** @param every Milliseconds between two times that turns are given. */
  constructor(every: number) {
    this.#every = every;
  }

  /** Makes turns due now: something has begun that needs one, such as a backup, and would else wait for a step or more. */
  yieldSoon(): void {
    this.#isDue = true;
  }

  /** Resolves at once, or after some turns where they are due. */
  async turn(): Promise<void> {
    const start = performance.now();
    const elapsed = start - this.#last;
    if (elapsed < this.#every && !this.#isDue) return;
    this.#isDue = false;
    do await macrotask();
    while (performance.now() - start < SHARE * elapsed);
    this.#last = performance.now();
  }
}

/** One turn of the event loop. Not requestAnimationFrame, which stands still in a hidden page, nor setTimeout, which pages throttle. */
function macrotask(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => unknown };
  if (setImmediate !== undefined) return new Promise<void>((resolve) => setImmediate(resolve));
  return new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
