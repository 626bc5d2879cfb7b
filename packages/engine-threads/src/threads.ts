import { checkOptions, isPositiveInteger } from '@keepfit/callbacks/internal';
import type { Engine, SharedTraining } from '@keepfit/fit/engine';
import { WorkerPool } from './pool/worker-pool.js';
import { Pace } from './pool/pace.js';
import { shareStep } from './pool/share-step.js';
import { WeightsMemory } from './pool/weights-memory.js';
import { createStarter, type WorkerProgram } from './start-thread.js';

export interface ThreadsOptions {
  /**
   * How many threads compute. Their number changes no bit.
   *
   * @default one for each core of the machine, at most 4
   */
  readonly workers?: number;
  /**
   * The address of a module whose default export makes the training in each worker: a function that returns, or resolves
   * to, `{ model, loss, metrics, … }` with the options of `Trainer`. It is given the description of the training. Needed
   * for models, layers, losses and metrics that are not of tfjs-layers and keepfit.
   *
   * @default workers make the training from its configuration
   */
  readonly module?: URL | string;
  /**
   * The program of the workers: its address, or a function that starts one, which every bundler follows:
   * `() => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })`. That file imports
   * `@keepfit/engine-threads/worker`.
   *
   * @default `worker.js` beside this code
   */
  readonly worker?: WorkerProgram;
}

/** One worker, for displays. */
export interface WorkerStatus {
  /** From 1, never used twice. */
  readonly id: number;
  readonly state: 'starting' | 'idle' | 'busy';
  /** Shards and batches that it has computed. */
  readonly computed: number;
  /** Mean milliseconds for each of them; undefined before the first one. */
  readonly milliseconds: number | undefined;
}

/** An engine of threads. */
export interface ThreadsEngine extends Engine {
  /** The workers that there are now; none outside a fit. */
  readonly workers: readonly WorkerStatus[];
  /**
   * Changes the number of workers, also while a fit runs.
   *
   * @throws KEEPFIT_INVALID_OPTION when it is no positive integer.
   */
  resize(workers: number): void;
}

/** What `navigator` tells of the machine. */
interface Machine {
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly process?: { getBuiltinModule?(name: string): { availableParallelism?(): number } };
}

/** Without a number, more threads than shards would have nothing to do. */
const MOST_WORKERS = 4;

/**
 * Computes the shards of a training on threads of this machine: `worker_threads` in Node, Web Workers elsewhere. The
 * result has the bits of one thread, whatever happens to the workers. They start with a fit, and end with it.
 *
 * ```ts
 * await fit(model, x, y, { shards: 4, engine: threads({ workers: 4 }) });
 * ```
 *
 * A worker that ends is replaced, and its part of the step is given to another one; so is that of a worker that takes
 * longer than usual.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid; from `fit`, when workers cannot make the training.
 * @throws KEEPFIT_ENGINE_FAILED, from `fit`, when workers do not start, or end again and again.
 */
export function threads(options: ThreadsOptions = {}): ThreadsEngine {
  checkOptions('threads', options, {
    workers: [isPositiveInteger, 'a positive integer'],
    module: [isAddress, 'the address of a module, such as new URL("./model.js", import.meta.url)'],
    worker: [
      (value) => isAddress(value) || typeof value === 'function',
      'the address of a program, or a function that starts a Worker',
    ],
  });
  const pool = new WorkerPool(createStarter(options.worker), options.workers ?? countCores());
  const weights = new WeightsMemory();
  let pace = new Pace();
  return {
    name: 'threads',
    get workers() {
      return pool.members.map(({ id, state, computed, busy }) => ({
        id,
        state,
        computed,
        milliseconds: computed === 0 ? undefined : busy / computed,
      }));
    },
    resize(workers) {
      checkOptions('resize', { workers }, { workers: [isPositiveInteger, 'a positive integer'] });
      pool.resize(workers);
    },
    async begin({ replay, description, source }: SharedTraining) {
      pace = new Pace();
      const module = options.module === undefined ? undefined : String(options.module);
      await pool.begin({ replay, description, source, module });
    },
    sum: (step) => shareStep({ pool, weights, pace }, step),
    async end() {
      weights.clear();
      await pool.end();
    },
  };
}

function countCores(): number {
  const { navigator, process } = globalThis as Machine;
  const cores =
    navigator?.hardwareConcurrency ?? process?.getBuiltinModule?.('node:os').availableParallelism?.() ?? 1;
  return Math.min(cores, MOST_WORKERS);
}

function isAddress(value: unknown): boolean {
  return value instanceof URL || (typeof value === 'string' && value !== '');
}
