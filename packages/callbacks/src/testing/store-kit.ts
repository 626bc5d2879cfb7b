import type { StoreSupports } from '../contract/checkpoint-store.js';
import type { StoreUnderTest } from './store-under-test.js';

/** What a group of conformance tests registers itself with. */
export interface StoreKit {
  readonly supports: StoreSupports;
  /** Registers a test that gets a fresh store. */
  test(name: string, body: (subject: StoreUnderTest) => Promise<void>): void;
  /** Registers, visibly, that a group does not apply. */
  notClaimed(group: string): void;
}
