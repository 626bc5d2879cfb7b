import { formatValue, printWarning, refuseOption } from '@keepfit/callbacks/internal';
import { KeepfitError } from '@keepfit/callbacks/store';
import type { LeaseKeeper } from '../lock/lease-keeper.js';
import type { FromThread, KeepOrder, ToThread } from './messages.js';

/** A Worker of Node's `worker_threads` or of the web, as far as it is used here. */
interface Thread {
  postMessage(message: unknown): void;
  terminate(): unknown;
  on?(event: 'message' | 'error' | 'exit', listener: (value: never) => void): unknown;
  addEventListener?(event: 'message' | 'error', listener: (event: never) => void): unknown;
  ref?(): void;
  unref?(): void;
}

interface Pending {
  readonly kind: ToThread['kind'];
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Has a thread renew a lease. If it ends by itself, the lease is kept by `keepHere`.
 *
 * @param start Starts the thread, whose program calls `renewLeases`.
 * @param losing Aborted when another has the lease. Then the thread is ended.
 * @throws KEEPFIT_STORE_FAILED when the thread ends before it keeps the lease.
 * @throws KEEPFIT_INVALID_OPTION when `start` returns no Worker.
 */
export async function keepInThread(
  start: () => object,
  order: KeepOrder,
  losing: AbortController,
  keepHere: () => LeaseKeeper,
): Promise<LeaseKeeper> {
  const thread = start() as Thread;
  if (typeof (thread as Partial<Thread> | undefined)?.postMessage !== 'function')
    refuseOption(`the option thread of s3Store must return a new Worker, not ${formatValue(thread)}`);
  const pending: Pending[] = [];
  let substitute: LeaseKeeper | undefined;
  let [isKept, isOver] = [false, false];

  /** Ends the thread. What it was asked for need not be done any more. */
  function end(): void {
    isOver = true;
    void thread.terminate();
    for (const { resolve } of pending.splice(0)) resolve();
  }

  function onMessage(answer: FromThread): void {
    if (answer.kind === 'lost') return losing.abort();
    const asked = pending.shift();
    if (answer.kind === 'failed') asked?.reject(new KeepfitError(answer.code, answer.text));
    else asked?.resolve();
    // A lock alone keeps no process alive.
    if (pending.length === 0) thread.unref?.();
  }

  function onEnd(cause: unknown): void {
    if (isOver) return;
    const left = pending.splice(0);
    end();
    const error = new KeepfitError(
      'KEEPFIT_STORE_FAILED',
      `the thread that renews the lease has ended (${cause instanceof Error ? cause.message : formatValue(cause)}); it must call renewLeases of @keepfit/store-s3/thread, and stay`,
      { cause },
    );
    if (isKept) {
      substitute = keepHere();
      printWarning(`${error.message}. The thread of the training renews it from now on.`);
    }
    for (const { kind, resolve, reject } of left)
      if (substitute === undefined || kind === 'keep') reject(error);
      else substitute[kind]().then(resolve, reject);
  }

  function ask(message: ToThread): Promise<void> {
    const { kind } = message;
    if (substitute !== undefined && kind !== 'keep') return substitute[kind]();
    if (isOver) return Promise.resolve();
    return new Promise((resolve, reject) => {
      pending.push({ kind, resolve, reject });
      thread.ref?.();
      thread.postMessage(message);
    });
  }

  thread.on?.('message', onMessage);
  thread.on?.('error', onEnd);
  thread.on?.('exit', (code: number) => onEnd(new Error(`it ended with ${code}`)));
  if (thread.on === undefined) {
    thread.addEventListener?.('message', ({ data }: { readonly data: FromThread }) => onMessage(data));
    thread.addEventListener?.('error', ({ message }: { readonly message?: string }) => onEnd(message));
  }
  losing.signal.addEventListener('abort', end);

  await ask(order);
  isKept = true;
  let releasing: Promise<void> | undefined;
  return {
    renew: () => ask({ kind: 'renew' }),
    release: () => (releasing ??= ask({ kind: 'release' }).finally(end)),
  };
}
