import type { CheckpointStore, StoreSupports } from '../contract/checkpoint-store.js';

/** A fresh, empty store with the hooks of the kit. */
export interface StoreUnderTest {
  readonly store: CheckpointStore;
  /** Opens the same data again, as another process would. Required if `supports.durable`. */
  reopen?(): CheckpointStore | Promise<CheckpointStore>;
  /** Runs after the test, whether it passed or failed. */
  cleanup?(): void | Promise<void>;
}

/** A fresh, empty store over something that fails on command: a file system, a database, a connection. */
export interface FaultySubject extends StoreUnderTest {
  /**
   * From now on, the operation with this number, from 0, of the medium below the store fails; if `forEver`,
   * all later ones fail too. Undefined: no further operation fails.
   */
  failAt(fault: { readonly operation: number; readonly forEver: boolean } | undefined): void;
  /** Whether any operation has failed. */
  readonly hasFailed: boolean;
}

/** An empty store to which another process, or a page of a browser, writes until it is killed. */
export interface KillableSubject {
  /**
   * Starts a writer that can be killed. It takes the lock of "backup" if the store has locks, and stores
   * `createNumberedBytes(first)`, then `createNumberedBytes(first + 1)` and so on under "backup" forever. It
   * stores each when the one before is acknowledged, that is when the promise of `set` has resolved.
   *
   * Kills it by SIGKILL, at any instant after `count` are acknowledged, and waits until it is gone. Resolves
   * to the number of the last acknowledged one; more than `count` may be.
   */
  runAndKill(first: number, count: number): Promise<number>;
  /** Opens the same data again. */
  reopen(): CheckpointStore | Promise<CheckpointStore>;
  /** Runs after the test, whether it passed or failed. */
  cleanup?(): void | Promise<void>;
}

/** The interface through which a group of conformance tests registers itself. */
export interface StoreKit {
  readonly supports: StoreSupports;
  /** Registers a test that gets a fresh store. */
  test(name: string, body: (subject: StoreUnderTest) => Promise<void>): void;
  /** Registers a visible note that a group does not apply. */
  notClaimed(group: string): void;
}
