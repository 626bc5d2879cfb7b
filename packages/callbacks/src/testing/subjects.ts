import type { CheckpointStore, StoreSupports } from '../contract/checkpoint-store.js';

/** A fresh, empty store with the hooks of the kit. */
export interface StoreUnderTest {
  readonly store: CheckpointStore;
  /** Opens the same data again, as another process would. Required if `supports.durable`. */
  reopen?(): CheckpointStore | Promise<CheckpointStore>;
  /**
   * Deletes all that the store has made, as a user would: its folder, its database. Locks that live elsewhere
   * may stay.
   *
   * @default none: its tests are skipped
   */
  wipe?(): void | Promise<void>;
  /**
   * Takes the lock of this key from its holder, who does not know: the lock file was removed, or a lease ran
   * out while the computer slept. Afterwards another store object can lock the key.
   *
   * @default none: its tests are skipped
   */
  loseLock?(key: string): void | Promise<void>;
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
  /** How many keys the test of many keys stores. */
  readonly manyKeys: number;
  /** Registers a test that gets a fresh store. */
  test(name: string, body: (subject: StoreUnderTest) => Promise<void>): void;
  /** Registers a skipped test for what the options do not claim. */
  notClaimed(group: string, reason: string): void;
}

/** Ends a test as skipped because its subject does not claim what it tests. */
export class NotClaimed extends Error {}

/** Opens the data of the subject once more, as another process would; else gives the same store. */
export async function openOther({ store, reopen }: StoreUnderTest): Promise<CheckpointStore> {
  return (await reopen?.()) ?? store;
}
