import type { StoreUnderTest } from './store-under-test.js';

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
