import type { Backend } from '../contract/backend.js';

/** What a group of conformance tests registers itself with. */
export interface BackendKit {
  readonly backend: () => Backend;
  readonly unavailable?: () => Backend;
  readonly known: Readonly<Record<string, string>>;
  /** Registers a test that runs on the backend. */
  test(name: string, body: () => Promise<void>): void;
  /** Registers a test that finds tfjs' own kernels in their places, and leaves them there. */
  testStopped(name: string, body: () => Promise<void>): void;
  /** Registers, visibly, that a group does not apply. */
  notClaimed(group: string): void;
}
