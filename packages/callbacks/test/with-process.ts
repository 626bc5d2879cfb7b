import { vi } from 'vitest';

/**
 * Calls a function while the global `process` is another one, and no longer: Node and the test runner use it
 * between two turns of the event loop.
 */
export function withProcess<Result>(process: unknown, run: () => Result): Result {
  vi.stubGlobal('process', process);
  try {
    return run();
  } finally {
    vi.unstubAllGlobals();
  }
}
