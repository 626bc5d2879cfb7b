import type { ToWorker } from '../contract/messages.js';
import type { Thread, ThreadEvents } from '../contract/thread.js';

/** A Worker of Node's `worker_threads`, as far as it is used here. */
export interface NodeWorker {
  on(event: 'message' | 'error' | 'messageerror' | 'exit', listener: (value: never) => void): void;
  postMessage(message: unknown): void;
  terminate(): Promise<unknown>;
}

export function isNodeWorker(worker: object): worker is NodeWorker {
  return typeof (worker as Partial<NodeWorker>).on === 'function';
}

export function wrapNodeWorker(worker: NodeWorker, events: ThreadEvents): Thread {
  let cause: unknown;
  let reportEnd: () => void = () => {};
  const ended = new Promise<void>((resolve) => (reportEnd = resolve));
  worker.on('message', (message: unknown) => events.onMessage(message));
  worker.on('messageerror', (error: unknown) => (cause = error));
  worker.on('error', (error: unknown) => (cause = error));
  worker.on('exit', (code: unknown) => {
    reportEnd();
    events.onGone(cause ?? new Error(`the thread ended with ${String(code)}`));
  });
  return {
    post: (message: ToWorker) => worker.postMessage(message),
    stop: async () => {
      await worker.terminate();
      await ended;
    },
  };
}
