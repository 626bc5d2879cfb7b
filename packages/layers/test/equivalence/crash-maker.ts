import type { CallbackHooks, CheckpointStore } from '@keepfit/callbacks';
import { faultyStore } from '@keepfit/callbacks/testing';
import type { Model } from '@keepfit/fit';
import type { Crash } from './equivalence-case.js';

/** Ends a fit at its place, through the callbacks, model and store the fit is given. */
interface CrashMaker {
  readonly error: Error;
  callbacks(): readonly CallbackHooks[];
  around(model: Model): Model;
  aroundStore(store: CheckpointStore): CheckpointStore;
}

/** `onCrash` is called at the instant itself, before anything else can happen. */
export function createCrashMaker(crash: Crash | undefined, onCrash: () => void): CrashMaker {
  const error = new Error(`crash at ${crash?.at} ${crash?.call}`);
  const at = (place: string): void => {
    if (place !== crash?.at) return;
    calls += 1;
    if (calls === crash.call) {
      onCrash();
      throw error;
    }
  };
  let calls = 0;
  return {
    error,
    callbacks: () =>
      crash?.at.startsWith('on') ? [{ batchLogs: false, [crash.at]: () => at(crash.at) }] : [],
    around: (model) =>
      Object.create(model, {
        call: {
          value: (inputs: Parameters<Model['call']>[0], context: { readonly training: boolean }) => {
            at(context.training ? 'step' : 'evaluation');
            return model.call(inputs, context);
          },
        },
      }) as Model,
    aroundStore(store) {
      if (crash?.at !== 'set') return store;
      const fault = { operation: 'set', call: crash.call, when: crash.when ?? 'before' } as const;
      // The getter runs when the fault happens.
      const errorNow = { get: () => (onCrash(), error) };
      return faultyStore(store, [Object.defineProperty({ ...fault }, 'error', errorNow)]);
    },
  };
}
