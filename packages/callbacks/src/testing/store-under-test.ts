import type { CheckpointStore } from '../contract/checkpoint-store.js';

/** A fresh, empty store, and what the kit may do with it. */
export interface StoreUnderTest {
  readonly store: CheckpointStore;
  /** Opens the same data anew, as another process would. Needed where `supports.durable`. */
  reopen?(): CheckpointStore | Promise<CheckpointStore>;
  /** Runs after the test, whether it passed or failed. */
  cleanup?(): void | Promise<void>;
}
