import type { Backend } from '../contract/backend.js';

/** The means by which a group of conformance tests registers itself. */
export interface BackendKit {
  readonly backend: () => Backend;
  readonly unavailable?: () => Backend;
  readonly known: Readonly<Record<string, string>>;
  /** Registers a test that runs on the backend. */
  test(name: string, body: () => Promise<void>): void;
  /** Registers a test that starts with tfjs' own kernels in place, and leaves them so. */
  testStopped(name: string, body: () => Promise<void>): void;
  /** Registers a visible note that a group does not apply. */
  notClaimed(group: string): void;
}

/**
 * Fails a conformance test if the condition does not hold. The message says what the kit expected of the
 * backend.
 */
export function assertThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Numbers as text, exactly: also -0 and NaN. Equal texts mean equal bits. */
export function formatNumbers(numbers: ArrayLike<number>): string {
  return Array.from(numbers, (number) => (Object.is(number, -0) ? '-0' : String(number))).join();
}
