import { isLifeSign } from '../contract/life-sign.js';
import type { ToWorker } from '../contract/messages.js';
import type { Thread, ThreadEvents } from '../contract/thread.js';

/** A Worker of the web, as far as it is used here. */
export interface WebWorker {
  addEventListener(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    event: 'error' | 'messageerror' | 'close',
    listener: (event: {
      readonly message?: string;
      readonly error?: unknown;
      preventDefault(): void;
    }) => void,
  ): void;
  postMessage(message: unknown): void;
  terminate(): void;
}

export function isWebWorker(worker: object): worker is WebWorker {
  return typeof (worker as Partial<WebWorker>).addEventListener === 'function';
}

export function wrapWebWorker(worker: WebWorker, events: ThreadEvents): Thread {
  const over = new AbortController();
  const end = (): void => {
    over.abort();
    worker.terminate();
  };
  const leave = (cause: unknown): void => {
    if (over.signal.aborted) return;
    end();
    events.onGone(cause);
  };
  worker.addEventListener('message', ({ data }) => {
    if (isLifeSign(data)) watchLock(data.lock, over.signal, () => leave(new Error('the worker was ended')));
    else events.onMessage(data);
  });
  worker.addEventListener('messageerror', () =>
    leave(new Error('a message of the worker could not be read')),
  );
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    leave(event.error ?? (event.message ? new Error(event.message) : undefined));
  });
  // Bun has it.
  worker.addEventListener('close', () => leave(new Error('the worker ended')));
  return {
    post: (message: ToWorker) => worker.postMessage(message),
    stop: () => Promise.resolve(end()),
  };
}

/** Calls back when the lock, which a worker holds as long as it lives, is free. */
function watchLock(lock: string, signal: AbortSignal, onFree: () => void): void {
  // Aborted when the worker is stopped.
  navigator.locks.request(lock, { signal }, onFree).catch(() => {});
}
