import type { CheckpointStore, StoreSupports } from '../contract/checkpoint-store.js';

/** A fresh, empty store, and what the kit may do with it. */
export interface StoreUnderTest {
  readonly store: CheckpointStore;
  /** Opens the same data anew, as another process would. Needed where `supports.durable`. */
  reopen?(): CheckpointStore | Promise<CheckpointStore>;
  /** Runs after the test, whether it passed or failed. */
  cleanup?(): void | Promise<void>;
}

/** A fresh, empty store over something that fails when it is told to: a file system, a database, a connection. */
export interface FaultySubject extends StoreUnderTest {
  /**
   * From now on the operation of this number, from 0, of what the store stands on fails, and all after it too where `forEver`.
   * Undefined: no more fails.
   */
  failAt(fault: { readonly operation: number; readonly forEver: boolean } | undefined): void;
  /** Whether any operation has failed. */
  readonly hasFailed: boolean;
}

/** An empty store that another process, or a page of a browser, writes to until it is killed. */
export interface KillableSubject {
  /**
   * Starts something that can be killed: it takes the lock of "backup" where the store has locks, and stores `numberedBytes(first)`,
   * then `numberedBytes(first + 1)` and so on under "backup" for ever, each when the one before was acknowledged, which is when the
   * promise of `set` has resolved.
   *
   * Kills it by SIGKILL, at whatever instant comes, once `count` are acknowledged, and waits until it is gone. Resolves to the number
   * of the last that was acknowledged; more than `count` may have been.
   */
  runAndKill(first: number, count: number): Promise<number>;
  /** Opens the same data anew. */
  reopen(): CheckpointStore | Promise<CheckpointStore>;
  /** Runs after the test, whether it passed or failed. */
  cleanup?(): void | Promise<void>;
}

/** What a group of conformance tests registers itself with. */
export interface StoreKit {
  readonly supports: StoreSupports;
  /** Registers a test that gets a fresh store. */
  test(name: string, body: (subject: StoreUnderTest) => Promise<void>): void;
  /** Registers, visibly, that a group does not apply. */
  notClaimed(group: string): void;
}
