import type { LifeSign } from '../contract/life-sign.js';

/** How a worker talks to the thread that started it. */
export interface Port {
  post(message: unknown, transfer: readonly Transferable[]): void;
  listen(listener: (message: unknown) => void): void;
}

/** The two kinds of workers, as far as they are used here. */
interface Platform {
  postMessage?(message: unknown, transfer: readonly Transferable[]): void;
  addEventListener?(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  readonly navigator?: { readonly locks?: LockManager };
  readonly process?: { getBuiltinModule?(name: string): { readonly parentPort?: NodePort | null } };
}

interface NodePort {
  postMessage(message: unknown, transfer: readonly Transferable[]): void;
  on(event: 'message', listener: (message: unknown) => void): void;
}

/** Opens the port of this worker: that of Node's `worker_threads`, or the global scope of a Web Worker. */
export function openPort(): Port {
  const platform = globalThis as unknown as Platform;
  const node = platform.process?.getBuiltinModule?.('node:worker_threads').parentPort;
  if (node != null)
    return {
      post: (message, transfer) => node.postMessage(message, transfer),
      listen: (listener) => node.on('message', listener),
    };
  holdLock((lock) => platform.postMessage?.({ kind: 'alive', lock } satisfies LifeSign, []));
  return {
    post: (message, transfer) => platform.postMessage?.(message, transfer),
    listen: (listener) => platform.addEventListener?.('message', ({ data }) => listener(data)),
  };
}

/** Holds a lock as long as this worker lives, if the platform has locks. */
function holdLock(onHeld: (name: string) => void): void {
  const { locks } = (globalThis as unknown as Platform).navigator ?? {};
  if (locks === undefined) return;
  const name = `keepfit worker ${crypto.randomUUID()}`;
  // Never released, so that only the end of the worker frees it.
  const hold = (): Promise<never> => new Promise(() => onHeld(name));
  locks.request(name, hold).catch(() => {});
}
