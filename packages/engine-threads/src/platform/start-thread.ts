import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import type { ToWorker } from '../contract/messages.js';
import type { StartThread, Thread, ThreadEvents } from '../contract/thread.js';

/** A Worker of Node's `worker_threads`, as far as it is used here. */
interface NodeWorker {
  on(event: 'message' | 'error' | 'messageerror' | 'exit', listener: (value: never) => void): void;
  postMessage(message: unknown): void;
  terminate(): Promise<unknown>;
}

/** A Worker of the web, as far as it is used here. */
interface WebWorker {
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

/** The global constructors of workers; which there are depends on the platform. */
interface Platform {
  readonly Worker?: new (
    url: URL | string,
    options: { readonly type: 'module'; readonly name: string },
  ) => WebWorker;
  readonly process?: {
    getBuiltinModule?(name: string): {
      readonly Worker: new (url: URL | string, options: object) => NodeWorker;
    };
  };
}

/** What runs in the threads: the address of a program, or a function that starts one. */
export type WorkerProgram = URL | string | (() => object);

/** Starts threads with a program. */
export function createStarter(program: WorkerProgram | undefined): StartThread {
  return (events) => {
    const worker = typeof program === 'function' ? program() : construct(program);
    if (isNodeWorker(worker)) return fromNode(worker, events, program);
    if (isWebWorker(worker)) return fromWeb(worker, events, program);
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `the function in the option worker of threads must return a new Worker, not ${formatValue(worker)}`,
    );
  };
}

/** The web's Worker comes first: Bun and Deno have it beside Node's. */
function construct(program: URL | string | undefined): object {
  const { Worker, process } = globalThis as unknown as Platform;
  if (Worker !== undefined) {
    // Bundlers look for exactly this expression.
    return program === undefined
      ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'keepfit' })
      : new Worker(program, { type: 'module', name: 'keepfit' });
  }
  const threads = process?.getBuiltinModule?.('node:worker_threads');
  if (threads === undefined)
    throw new KeepfitError(
      'KEEPFIT_ENGINE_FAILED',
      'this platform has neither Worker nor node:worker_threads; train without the engine',
    );
  return new threads.Worker(
    program === undefined ? new URL('./worker.js', import.meta.url) : toNodeProgram(program),
    {
      name: 'keepfit',
    },
  );
}

/** Node takes a path as text, and an address as a URL. */
function toNodeProgram(program: URL | string): URL | string {
  return typeof program === 'string' && /^(file|data):/.test(program) ? new URL(program) : program;
}

function fromNode(worker: NodeWorker, events: ThreadEvents, program: WorkerProgram | undefined): Thread {
  let cause: unknown;
  let reportEnd: () => void = () => {};
  const ended = new Promise<void>((resolve) => (reportEnd = resolve));
  worker.on('message', (message: unknown) => events.onMessage(message));
  worker.on('messageerror', (error: unknown) => (cause = error));
  worker.on('error', (error: unknown) => (cause = explain(error, program)));
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

function fromWeb(worker: WebWorker, events: ThreadEvents, program: WorkerProgram | undefined): Thread {
  let isGone = false;
  const leave = (cause: unknown): void => {
    if (isGone) return;
    isGone = true;
    worker.terminate();
    events.onGone(cause);
  };
  worker.addEventListener('message', ({ data }) => events.onMessage(data));
  worker.addEventListener('messageerror', () =>
    leave(new Error('a message of the worker could not be read')),
  );
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    leave(explain(event.error ?? (event.message ? new Error(event.message) : undefined), program));
  });
  // Bun has it. A browser tells of no worker that ends.
  worker.addEventListener('close', () => leave(new Error('the worker ended')));
  return {
    post: (message: ToWorker) => worker.postMessage(message),
    stop: async () => leave(undefined),
  };
}

/** A page is not told why a worker did not start; then its program is what is missing most often. */
function explain(error: unknown, program: WorkerProgram | undefined): unknown {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (error !== undefined && code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return error;
  const place =
    typeof program === 'function'
      ? 'the program of the Worker that the option worker makes'
      : `the program ${String(program ?? new URL('./worker.js', import.meta.url))}`;
  return new Error(
    `${place}, or a module that it needs, could not be loaded. If a bundler has moved the code, make a file that imports ` +
      "'@keepfit/engine-threads/worker', and give threads({ worker: () => new Worker(new URL('./that-file.js', import.meta.url), { type: 'module' }) })",
    { cause: error },
  );
}

function isNodeWorker(worker: object): worker is NodeWorker {
  return typeof (worker as Partial<NodeWorker>).on === 'function';
}

function isWebWorker(worker: object): worker is WebWorker {
  return typeof (worker as Partial<WebWorker>).addEventListener === 'function';
}
