/**
 * Gives the event loop its turns while training keeps it busy, so that files are written, signals arrive and a page stays responsive.
 * By time, not by batch: small steps do not pay for it.
 */
export class Yielder {
  readonly #every: number;
  #last = performance.now();

  /** @param every Milliseconds between two turns. */
  constructor(every: number) {
    this.#every = every;
  }

  /** Resolves at once, or after a turn where one is due. */
  async turn(): Promise<void> {
    if (performance.now() - this.#last < this.#every) return;
    await macrotask();
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
