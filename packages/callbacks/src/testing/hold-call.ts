/** `release` is that of a lock. */
export type StoreOperation = 'get' | 'set' | 'delete' | 'keys' | 'lock' | 'release';

/** Which call to hold: `call` counts from 1, by default the next one; `when` as in a fault. */
export interface CallToHold {
  readonly operation: StoreOperation;
  readonly call?: number;
  readonly when?: 'before' | 'after';
}

/** A call that waits to be let go. */
export interface HeldCall {
  /** Resolves when the call has come and waits. */
  readonly reached: Promise<void>;
  /** Lets it go on, also before it has come. */
  release(): void;
  /** Makes it reject with this error. */
  fail(error: Error): void;
}

/** The side of the store that waits. */
export interface Hold extends Required<CallToHold> {
  wait(): Promise<void>;
}

/** Both sides of a call that is to wait. */
export function holdCall(which: Required<CallToHold>): [Hold, HeldCall] {
  const reached = deferred();
  const gone = deferred();
  // Where the call never comes, its failure is nobody's to catch.
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

function deferred(): Deferred {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
