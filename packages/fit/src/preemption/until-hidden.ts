import { KeepfitError } from '@keepfit/callbacks';

/**
 * Trains until the page is hidden or frozen: the training then backs up at its next batch boundary and
 * rejects with KEEPFIT_INTERRUPTED. Run fit again when the page is visible. A page is hidden before it is
 * closed, and no later event is reliable.
 *
 * ```ts
 * await untilHidden((preemption) => fit(model, x, y, { callbacks: [new BackupAndRestore(store, { preemption })] }));
 * ```
 *
 * Listeners exist only while `train` runs. A page that is hidden when training starts trains until it is
 * shown and hidden again, or frozen.
 *
 * @throws KEEPFIT_INVALID_STATE when there is no document.
 */
export async function untilHidden<T>(train: (preemption: AbortSignal) => Promise<T>): Promise<T> {
  const { document } = globalThis as { document?: Document };
  if (document === undefined) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_STATE',
      'untilHidden is for a page, and there is no document here; in a worker let the page send a message, in Node use untilSignal',
    );
  }
  const controller = new AbortController();
  const listeners = new AbortController();
  const abort = () => controller.abort(new Error('the page was hidden'));
  const { signal } = listeners;
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && abort(), {
    signal,
  });
  document.addEventListener('freeze', abort, { signal });
  try {
    return await train(controller.signal);
  } finally {
    listeners.abort();
  }
}
