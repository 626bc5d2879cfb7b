import type {
  CheckpointContent,
  CheckpointStore,
  SetCondition,
  StoreLock,
  StoredCheckpoint,
} from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import { type CallToHold, type Hold, holdCall, type HeldCall, type StoreOperation } from './hold-call.js';

/** One call to fail. */
export interface StoreFault {
  readonly operation: StoreOperation;
  /**
   * Which call of the operation fails, from 1.
   *
   * @default every call
   */
  readonly call?: number;
  /**
   * Before its effect (the store does not hear of the call), or after (the store has done it, the caller does not know).
   *
   * @default "before"
   */
  readonly when?: 'before' | 'after';
  /**
   * What it rejects with.
   *
   * @default a KeepfitError of code KEEPFIT_STORE_FAILED
   */
  readonly error?: Error;
}

/** A call that was made, in order. `keys` has no key. */
export interface StoreCall {
  readonly operation: StoreOperation;
  readonly key?: string;
}

export interface FaultyStore extends CheckpointStore {
  readonly calls: readonly StoreCall[];
  hold(which: CallToHold): HeldCall;
}

/**
 * A store that fails and waits on command, around one that works: for tests of whatever uses a store.
 *
 * ```ts
 * const store = faultyStore(memoryStore(), [{ operation: 'set', call: 2 }]);   // the second backup fails
 * const held = store.hold({ operation: 'set' });                               // the next one waits
 * await held.reached;                                                          // here a backup is in flight
 * held.release();
 * ```
 */
export function faultyStore(store: CheckpointStore, faults: readonly StoreFault[] = []): FaultyStore {
  const calls: StoreCall[] = [];
  const holds: Hold[] = [];
  const count = (operation: StoreOperation): number =>
    calls.filter((call) => call.operation === operation).length;

  async function perform<Result>(
    operation: StoreOperation,
    key: string | undefined,
    effect: () => Promise<Result>,
  ): Promise<Result> {
    calls.push(key === undefined ? { operation } : { operation, key });
    const call = count(operation);
    await meet('before', operation, call);
    const result = await effect();
    await meet('after', operation, call);
    return result;
  }

  async function meet(when: 'before' | 'after', operation: StoreOperation, call: number): Promise<void> {
    const held = holds.filter(
      (hold) => hold.operation === operation && hold.call === call && hold.when === when,
    );
    for (const hold of held) await hold.wait();
    const fault = faults.find(
      (one) => one.operation === operation && (one.call ?? call) === call && (one.when ?? 'before') === when,
    );
    if (fault !== undefined)
      throw (
        fault.error ?? new KeepfitError('KEEPFIT_STORE_FAILED', `this test fails ${operation} number ${call}`)
      );
  }

  const { lock } = store;
  return {
    supports: store.supports,
    calls,
    hold: ({ operation, call = count(operation) + 1, when = 'before' }) => {
      const [hold, held] = holdCall({ operation, call, when });
      holds.push(hold);
      return held;
    },
    get: (key): Promise<StoredCheckpoint | undefined> => perform('get', key, () => store.get(key)),
    set: (key, content: CheckpointContent, condition?: SetCondition) =>
      perform('set', key, () => store.set(key, content, condition)),
    delete: (key) => perform('delete', key, () => store.delete(key)),
    keys: () => perform('keys', undefined, () => store.keys()),
    ...(lock === undefined
      ? {}
      : {
          lock: async (key: string): Promise<StoreLock> => {
            const held = await perform('lock', key, () => lock.call(store, key));
            return { release: () => perform('release', key, () => held.release()) };
          },
        }),
  };
}
