import { KeepfitError } from '@keepfit/callbacks';

/** The part of Node's `process` that `untilSignal` uses. */
interface Signals {
  once(signal: string, listener: () => void): unknown;
  removeListener(signal: string, listener: () => void): unknown;
  kill(pid: number, signal: string): unknown;
  readonly pid: number;
}

/**
 * Trains until the process receives a signal: the training then backs up at its next batch boundary and ends,
 * and the signal is raised again, so that it ends the process with the true exit status (143 for SIGTERM). A
 * second signal ends the process at once. For Node.
 *
 * ```ts
 * await untilSignal(['SIGTERM', 'SIGINT'], (preemption) =>
 *   fit(model, x, y, { epochs: 100, callbacks: [new BackupAndRestore(store, { preemption })] }));
 * ```
 *
 * Listeners exist only while `train` runs. Spot machines and pods give 30 s to 2 min after SIGTERM; SLURM
 * sends a signal that you choose, such as SIGUSR2. Without a signal it settles as `train` does.
 *
 * @throws KEEPFIT_INVALID_STATE when there is no process, as in a page.
 */
export async function untilSignal<T>(
  signals: readonly string[],
  train: (preemption: AbortSignal) => Promise<T>,
): Promise<T> {
  const process = nodeProcess();
  const controller = new AbortController();
  let received: string | undefined;
  const listeners = signals.map((signal) => ({
    signal,
    listener() {
      received = signal;
      // Without listeners a second signal has its default effect: it ends the process at once.
      removeAll();
      controller.abort(new Error(signal));
    },
  }));
  const removeAll = () => {
    for (const { signal, listener } of listeners) process.removeListener(signal, listener);
  };
  try {
    // Node throws for one that nobody can listen to, such as SIGKILL.
    for (const { signal, listener } of listeners) process.once(signal, listener);
    return await train(controller.signal);
  } finally {
    removeAll();
    if (received !== undefined) process.kill(process.pid, received);
  }
}

function nodeProcess(): Signals {
  const { process } = globalThis as { process?: Partial<Signals> };
  if (typeof process?.once === 'function' && typeof process.kill === 'function') return process as Signals;
  throw new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    'untilSignal is for Node, and there is no process here; in a page use untilHidden',
  );
}
