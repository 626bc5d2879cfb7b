import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import type { StartThread, Thread, ThreadEvents } from './contract/thread.js';
import { isNodeWorker, type NodeWorker, wrapNodeWorker } from './platform/node-worker.js';
import { isWebWorker, wrapWebWorker } from './platform/web-worker.js';

/** Node's threads, if it is Node. */
interface Platform {
  readonly process?: {
    getBuiltinModule?(name: string): {
      readonly Worker: new (url: URL | string, options: { readonly name: string }) => NodeWorker;
    };
  };
}

/** What runs in the threads: the address of a program, or a function that starts one. */
export type WorkerProgram = URL | string | (() => object);

/** Starts threads with a program. */
export function createStarter(program: WorkerProgram | undefined): StartThread {
  return (events) => {
    try {
      const worker = typeof program === 'function' ? program() : construct(program);
      return wrap(worker, events, program);
    } catch (error) {
      if (error instanceof KeepfitError) throw error;
      return reportFailure(events, error);
    }
  };
}

/** The web's Worker comes first: Bun and Deno have it beside Node's. */
function construct(program: URL | string | undefined): object {
  if (typeof Worker !== 'undefined') {
    // Bundlers look for exactly this expression, and webpack for the global name. This file stays beside worker.ts, as
    // their builds are beside each other.
    return program === undefined
      ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'keepfit' })
      : new Worker(program, { type: 'module', name: 'keepfit' });
  }
  const { process } = globalThis as unknown as Platform;
  const threads = process?.getBuiltinModule?.('node:worker_threads');
  if (threads === undefined)
    throw new KeepfitError(
      'KEEPFIT_ENGINE_FAILED',
      'this platform has neither Worker nor node:worker_threads; train without the engine',
    );
  const address = program === undefined ? getDefaultProgram() : toNodeProgram(program);
  return new threads.Worker(address, { name: 'keepfit' });
}

/** In two steps, so that bundlers do not copy the program as an asset too. */
function getDefaultProgram(): URL {
  const here = import.meta.url;
  return new URL('./worker.js', here);
}

/** Node takes a path as text, and an address as a URL. */
function toNodeProgram(program: URL | string): URL | string {
  return typeof program === 'string' && /^(file|data):/.test(program) ? new URL(program) : program;
}

function wrap(worker: object, events: ThreadEvents, program: WorkerProgram | undefined): Thread {
  const explained = { ...events, onGone: (cause: unknown) => events.onGone(explain(cause, program)) };
  if (isNodeWorker(worker)) return wrapNodeWorker(worker, explained);
  if (isWebWorker(worker)) return wrapWebWorker(worker, explained);
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the function in the option worker of threads must return a new Worker, not ${formatValue(worker)}`,
  );
}

/** The platform refused to make a worker, for instance because its program is of another origin. */
function reportFailure(events: ThreadEvents, cause: unknown): Thread {
  // Later, because whoever starts a thread does not hold it yet.
  queueMicrotask(() => events.onGone(cause));
  return { post() {}, stop: () => Promise.resolve() };
}

/** A page is not told why a worker did not start. Then its program is what is missing most often. */
function explain(error: unknown, program: WorkerProgram | undefined): unknown {
  if (error !== undefined && !isMissingModule(error)) return error;
  const place =
    typeof program === 'function'
      ? 'the program of the Worker that the option worker makes'
      : `the program ${String(program ?? getDefaultProgram())}`;
  return new Error(
    `${place}, or a module that it needs, could not be loaded. If a bundler has moved the code, make a file that imports ` +
      "'@keepfit/engine-threads/worker', and give threads({ worker: () => new Worker(new URL('./that-file.js', import.meta.url), { type: 'module' }) })",
    { cause: error },
  );
}

function isMissingModule(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return (
    code === 'ERR_MODULE_NOT_FOUND' ||
    code === 'MODULE_NOT_FOUND' ||
    // Bun and Deno give no code.
    /module not found/i.test(String(message))
  );
}
