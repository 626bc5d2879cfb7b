import { timers, waitForTurn } from '@keepfit/callbacks/internal';

/** The part of Node's `process` that `untilSignal` uses. */
export interface Signals {
  on(signal: string, listener: () => void): unknown;
  removeListener(signal: string, listener: () => void): unknown;
  kill(pid: number, signal: string): unknown;
  readonly pid: number;
}

/**
 * How long, in ms, another signal is the same one. Ctrl-C reaches every process of the terminal, and npm, npx
 * and tsx also pass it on to the program that they started.
 */
const SAME_SIGNAL = 1000;

/**
 * Listens to signals: takes the first one, and ignores those that come within a second after it. Then it
 * listens no more, so that the next signal has its default effect: it ends the process at once.
 */
export class SignalListeners {
  readonly #process: Signals;
  readonly #listeners: readonly (readonly [signal: string, listener: () => void])[];
  #received: string | undefined;
  #timer: ReturnType<typeof timers.setTimeout> | undefined;

  /** @param onFirst Called with the first signal. */
  constructor(process: Signals, signals: readonly string[], onFirst: (signal: string) => void) {
    this.#process = process;
    this.#listeners = signals.map((signal) => [signal, () => this.#receive(signal, onFirst)]);
    try {
      // Node throws for one that nobody can listen to, such as SIGKILL.
      for (const [signal, listener] of this.#listeners) process.on(signal, listener);
    } catch (error) {
      this.#stop();
      throw error;
    }
  }

  /** Stops listening. If a signal has come, its timer does so when its second is over. */
  release(): void {
    if (this.#received === undefined) this.#stop();
  }

  /**
   * Raises the signal that has come, if one has. It ends the process, unless it is process 1 of a container.
   * Resolves when all listeners of others have been called, which may end the process too.
   */
  async raise(): Promise<void> {
    this.#stop();
    if (this.#received === undefined) return;
    try {
      this.#process.kill(this.#process.pid, this.#received);
    } catch {
      // Windows raises few signals. The caller's error ends the program.
    }
    await waitForSignals();
  }

  #receive(signal: string, onFirst: (signal: string) => void): void {
    if (this.#received !== undefined) return;
    this.#received = signal;
    // A signal that came while a step kept the event loop busy is delivered after the timers. The timer keeps the
    // process alive: one that ends listens no more, and the same signal, passed on, would still kill it.
    this.#timer = timers.setTimeout(() => void waitForSignals().then(() => this.#stop()), SAME_SIGNAL);
    onFirst(signal);
  }

  #stop(): void {
    timers.clearTimeout(this.#timer);
    for (const [signal, listener] of this.#listeners) this.#process.removeListener(signal, listener);
  }
}

/** Waits until signals that have arrived are delivered. The first turn may end before the loop looks for them. */
async function waitForSignals(): Promise<void> {
  await waitForTurn();
  await waitForTurn();
}
