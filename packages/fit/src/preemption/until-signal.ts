import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import { printWarning } from '@keepfit/callbacks/internal';
import { checkSignals } from './check-signals.js';
import { SignalListeners, type Signals } from './signal-listeners.js';

/**
 * Trains until the process receives a signal: the training then backs up at its next batch boundary and ends,
 * and the signal is raised again, so that it ends the process with the true exit status (143 for SIGTERM). For
 * Node.
 *
 * ```ts
 * await untilSignal(['SIGTERM', 'SIGINT'], async (preemption) => {
 *   await fit(model, x, y, { epochs: 100, callbacks: [new BackupAndRestore(store, { preemption })] });
 *   await model.save('file://model');
 * });
 * ```
 *
 * A signal that comes too late to interrupt `train` changes nothing: if `train` resolves, this resolves with
 * its value, and the process goes on. So save the model inside `train`: there, a signal that comes after fit
 * has deleted its checkpoint does not end the process before the model is saved.
 *
 * Signals within a second are one, because npm, npx and tsx pass on a Ctrl-C that has already reached the
 * program. A later one ends the process at once. Listeners exist while `train` runs, and until that second is
 * over; a process stays alive for as long.
 *
 * Spot machines and pods give 30 s to 2 min after SIGTERM; SLURM sends a signal that you choose, such as
 * SIGUSR2. Only an interruption raises the signal: KEEPFIT_INTERRUPTED, or the reason of `preemption`. Any
 * other error of `train` passes through.
 *
 * @throws KEEPFIT_INVALID_STATE when there is no process, as in a page, or in a worker thread, which gets no
 *   signals.
 * @throws KEEPFIT_INVALID_OPTION when `signals` is no list of names of signals, or names one that nobody can
 *   listen to.
 */
export async function untilSignal<T>(
  signals: readonly string[],
  train: (preemption: AbortSignal) => Promise<T>,
): Promise<T> {
  const process = getProcess();
  checkSignals(signals);
  warnOfTsx(process);
  const controller = new AbortController();
  const abort = (signal: string) => controller.abort(new Error(signal));
  const listeners = new SignalListeners(process, signals, abort);
  try {
    return await train(controller.signal);
  } catch (error) {
    if (isInterruption(error, controller.signal)) await listeners.raise();
    throw error;
  } finally {
    listeners.release();
  }
}

function isInterruption(error: unknown, { aborted, reason }: AbortSignal): boolean {
  return aborted && (error === reason || (isKeepfitError(error) && error.code === 'KEEPFIT_INTERRUPTED'));
}

let hasWarnedOfTsx = false;

/** A step that is too long for tsx is known when it is too late, so this warns of it at the start, once. */
function warnOfTsx({ execArgv = [] }: Partial<NodeProcess>): void {
  if (hasWarnedOfTsx || !execArgv.some((one) => /[\\/]tsx[\\/].*preflight/.test(one))) return;
  hasWarnedOfTsx = true;
  printWarning(
    'keepfit: tsx started this program, and kills it if it does not answer within 60 ms of Ctrl-C: a step that takes longer ends it without a backup. `node --import tsx` has no such limit',
  );
}

function getProcess(): Signals & Partial<NodeProcess> {
  const { process } = globalThis as { process?: Partial<Signals & NodeProcess> };
  if (typeof process?.on === 'function' && typeof process.kill === 'function') {
    checkIsMainThread(process);
    return process as Signals & Partial<NodeProcess>;
  }
  throw new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    'untilSignal is for Node, and there is no process here; in a page use untilHidden',
  );
}

interface NodeProcess {
  readonly execArgv: readonly string[];
  getBuiltinModule(name: string): { readonly isMainThread?: boolean } | undefined;
}

/** A worker thread takes a listener, and never calls it. */
function checkIsMainThread(process: Partial<NodeProcess>): void {
  if (process.getBuiltinModule?.('worker_threads')?.isMainThread !== false) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    'untilSignal is for the main thread, and this is a worker thread, which gets no signals; listen in the main thread, post a message to the worker, and abort the preemption there',
  );
}
