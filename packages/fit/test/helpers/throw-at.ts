import type { CallbackHooks, HookName } from '@keepfit/callbacks';

/** Where a training is to be ended by an error: the hook's so many-th call, from 1. */
export interface CrashPoint {
  readonly hook: HookName;
  readonly call: number;
}

/** A callback that throws there. */
export function throwAt({ hook, call }: CrashPoint): CallbackHooks {
  let calls = 0;
  return {
    batchLogs: false,
    [hook]: () => {
      calls += 1;
      if (calls === call) throw new Error(`crash at ${hook} ${call}`);
    },
  };
}
