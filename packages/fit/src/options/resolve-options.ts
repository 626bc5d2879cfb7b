import { type CallbackHooks, ProgbarLogger, type Verbosity } from '@keepfit/callbacks';
import { listCallbacks } from '@keepfit/callbacks/internal';
import type { OneBatchOptions } from './fit-options.js';

/** Returns checked options with the weights of the samples under one name. */
export function withOneSpelling<Options extends OneBatchOptions>(options: Options): Options {
  const { sampleWeights } = options;
  return sampleWeights === undefined ? options : { ...options, sampleWeight: sampleWeights };
}

/** The callbacks of a run, followed by a progress bar unless there is one or `verbose` is 0. */
export function withProgress(
  callbacks: CallbackHooks | readonly CallbackHooks[] = [],
  verbose: Verbosity,
): CallbackHooks[] {
  const list = listCallbacks(callbacks);
  return verbose === 0 || list.some((callback) => callback.name === 'ProgbarLogger')
    ? list
    : [...list, new ProgbarLogger()];
}

/** Replaces 'auto' by its meaning. */
export function resolveVerbosity(verbose: Verbosity | 'auto' = 'auto'): Verbosity {
  return verbose === 'auto' ? 1 : verbose;
}
