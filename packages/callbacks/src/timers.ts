// The platform's timers and clock as they are when keepfit is loaded. Tests fake them later, and a faked timer
// stands still, so a training that waits for one would hang.
const {
  MessageChannel,
  document,
  setImmediate,
  setTimeout,
  clearTimeout,
  performance = Date,
} = globalThis as Omit<Partial<typeof globalThis>, 'clearTimeout' | 'setTimeout'> & {
  readonly setTimeout: (run: () => void, ms: number) => Timer;
  readonly clearTimeout: (timer?: Timer) => void;
  readonly setImmediate?: (run: () => void) => unknown;
};

type Timer = ReturnType<typeof globalThis.setTimeout>;

/** What keepfit waits and measures with. An object, so that keepfit's own tests can fake its entries. */
export const timers = {
  setTimeout: (run: () => void, ms: number): Timer => setTimeout(run, ms),
  clearTimeout: (timer?: Timer): void => clearTimeout(timer),
  /** Milliseconds from any origin, from a monotonic clock if there is one. Bound: its object may be faked too. */
  now: performance.now.bind(performance) as () => number,
};

/**
 * Resolves in the next turn of the event loop. In Node by setImmediate: it comes after the signals that have
 * arrived, and a message comes before them. Elsewhere by a message, because pages throttle timers, hidden pages
 * draw no frame, and tools that fake timers leave messages alone, even if they do it before keepfit is loaded.
 */
export function waitForTurn(): Promise<void> {
  return new Promise((resolve) => {
    // That of a page would be somebody's substitute.
    if (document === undefined && isReal(setImmediate)) setImmediate(resolve);
    else if (MessageChannel !== undefined) sendMessage(MessageChannel, resolve);
    else if (isReal(setTimeout)) setTimeout(resolve, 0);
    // No turn then, but no training that hangs.
    else resolve();
  });
}

function sendMessage(Channel: typeof globalThis.MessageChannel, receive: () => void): void {
  const { port1, port2 } = new Channel();
  port1.onmessage = () => {
    // An open port would keep a process alive.
    port1.close();
    receive();
  };
  port2.postMessage(null);
}

/**
 * Whether there is such a timer, and none that a test has faked. Those of Sinon, Jest and Vitest have a clock, and
 * those of `node:test` are bound methods.
 */
function isReal<T extends { readonly name: string }>(timer: T | undefined): timer is T {
  return (
    timer !== undefined &&
    !('clock' in timer) &&
    !('_isMockFunction' in timer) &&
    !timer.name.startsWith('bound ')
  );
}
