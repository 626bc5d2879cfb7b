import type {
  CheckpointContent,
  CheckpointStore,
  StoreCondition,
  StoredCheckpoint,
  StoreLock,
} from '../contract/checkpoint-store.js';
import { KeepfitError } from '../contract/keepfit-error.js';

/** One call to fail. */
export interface StoreFault {
  readonly operation: StoreOperation;
  /**
   * The number of the failing call of the operation, from 1.
   *
   * @default every call
   */
  readonly call?: number;
  /**
   * Before its effect (the store never sees the call), or after (the store has done it, but the caller does
   * not know).
   *
   * @default 'before'
   */
  readonly when?: 'before' | 'after';
  /**
   * The error with which it rejects.
   *
   * @default a KeepfitError of code KEEPFIT_STORE_FAILED
   */
  readonly error?: Error;
}

/** A call, in order. `keys` has no key. */
export interface StoreCall {
  readonly operation: StoreOperation;
  readonly key?: string;
}

export interface FaultyStore extends CheckpointStore {
  readonly calls: readonly StoreCall[];
  hold(which: CallToHold): HeldCall;
}

/**
 * Creates a store that fails and waits on command, around one that works: for tests of code that uses a
 * store.
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
    ...(store.name !== undefined && { name: store.name }),
    supports: store.supports,
    calls,
    hold: ({ operation, call = count(operation) + 1, when = 'before' }) => {
      const [hold, held] = holdCall({ operation, call, when });
      holds.push(hold);
      return held;
    },
    get: (key): Promise<StoredCheckpoint | undefined> => perform('get', key, () => store.get(key)),
    set: (key, content: CheckpointContent, condition?: StoreCondition) =>
      perform('set', key, () => store.set(key, content, condition)),
    // A caller looks at the number of parameters: see the contract.
    delete:
      store.delete.length < 2
        ? (key) => perform('delete', key, () => store.delete(key))
        : (key, condition?: StoreCondition) => perform('delete', key, () => store.delete(key, condition)),
    keys: () => perform('keys', undefined, () => store.keys()),
    ...(lock === undefined
      ? {}
      : {
          lock: async (key: string): Promise<StoreLock> => {
            const held = await perform('lock', key, () => lock.call(store, key));
            const { lost } = held;
            return {
              release: () => perform('release', key, () => held.release()),
              ...(lost !== undefined && { lost }),
            };
          },
        }),
  };
}

/** `release` releases a lock. */
export type StoreOperation = 'get' | 'set' | 'delete' | 'keys' | 'lock' | 'release';

/** The call to hold: `call` counts from 1, by default the next one; `when` as in a fault. */
export interface CallToHold {
  readonly operation: StoreOperation;
  readonly call?: number;
  readonly when?: 'before' | 'after';
}

/** A call that waits until it is released. */
export interface HeldCall {
  /** Resolves when the call has arrived and waits. */
  readonly reached: Promise<void>;
  /** Releases the call, also before it has arrived. */
  release(): void;
  /** Makes it reject with this error. */
  fail(error: Error): void;
}

/** The side of the store that waits. */
export interface Hold extends Required<CallToHold> {
  wait(): Promise<void>;
}

/** Creates both sides of a call that shall wait. */
function holdCall(which: Required<CallToHold>): [Hold, HeldCall] {
  const reached = createDeferred();
  const gone = createDeferred();
  // If the call never arrives, nobody can catch its failure.
  gone.promise.catch(() => undefined);
  const wait = (): Promise<void> => {
    reached.resolve();
    return gone.promise;
  };
  return [
    { ...which, wait },
    { reached: reached.promise, release: gone.resolve, fail: gone.reject },
  ];
}

interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

function createDeferred(): Deferred {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
