import type { CheckpointStore } from '../contract/checkpoint-store.js';

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
