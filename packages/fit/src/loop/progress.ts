import { type CallbackHooks, ProgbarLogger, type Verbosity } from '@keepfit/callbacks';

/** The callbacks of a run that is to be seen: with a progress bar behind them, unless there is one or none is wanted. */
export function withProgress(callbacks: readonly CallbackHooks[] = [], verbose: Verbosity): CallbackHooks[] {
  return verbose === 0 || callbacks.some((callback) => callback.name === 'ProgbarLogger')
    ? [...callbacks]
    : [...callbacks, new ProgbarLogger()];
}

/** What 'auto' means. */
export function verbosity(verbose: Verbosity | 'auto' = 'auto'): Verbosity {
  return verbose === 'auto' ? 1 : verbose;
}
