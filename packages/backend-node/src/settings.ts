import { availableParallelism } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';

const THREADS = 'TF_NUM_INTRAOP_THREADS';
const DETERMINISTIC = 'TF_DETERMINISTIC_OPS';
const ONE_DNN = 'TF_ENABLE_ONEDNN_OPTS';

/** TensorFlow's settings that change bits. */
export interface Settings {
  /** Puts the environment back, for an addon that did not load. */
  restore(): void;
  readonly threads: number;
  /** `on`, `off`, or `default` if TensorFlow decides by the processor. */
  readonly oneDnn: string;
  readonly deterministic: boolean;
}

/**
 * Writes TensorFlow's settings into the environment of the process, which TensorFlow reads as its addon loads.
 * Returns those that hold.
 *
 * @throws KEEPFIT_BACKEND_UNAVAILABLE when the addon is loaded already, or when this is a worker thread, whose
 * environment TensorFlow does not read, and other settings are asked for than there are.
 */
export function applySettings({ threads }: { readonly threads?: number }): Settings {
  const { env } = process;
  const wanted = {
    [THREADS]: String(threads ?? (Number(env[THREADS]) || availableParallelism())),
    // A choice of the user is kept, and named in `kernels`.
    [DETERMINISTIC]: env[DETERMINISTIC] ?? '1',
  };
  const former = Object.keys(wanted).map((name) => [name, env[name]] as const);
  if (canSet()) Object.assign(env, wanted);
  else if (threads !== undefined && threads !== readThreads()) throw createLateError(threads);
  return {
    restore: () => {
      for (const [name, value] of former) {
        if (value === undefined) delete env[name];
        else env[name] = value;
      }
    },
    threads: readThreads(),
    oneDnn: { 0: 'off', 1: 'on' }[env[ONE_DNN] ?? ''] ?? 'default',
    deterministic: /^(1|true)$/i.test(env[DETERMINISTIC] ?? ''),
  };
}

/** TensorFlow takes one thread for each core unless the variable says otherwise. */
function readThreads(): number {
  return Number(process.env[THREADS]) || availableParallelism();
}

function canSet(): boolean {
  return isMainThread && tf.findBackendFactory('tensorflow') === null;
}

function createLateError(threads: number): KeepfitError {
  const reason = isMainThread
    ? 'tfjs-node was loaded before, and TensorFlow reads it only then; call useBackend before anything imports tfjs-node'
    : 'TensorFlow does not read the environment of a worker thread; start the backend on the main thread first';
  return new KeepfitError(
    'KEEPFIT_BACKEND_UNAVAILABLE',
    `TensorFlow computes with ${readThreads()} threads here, not with the option threads of ${threads}: ${reason}, or start Node with ${THREADS}=${threads}`,
  );
}
