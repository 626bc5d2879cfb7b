import { onTestFinished, vi } from 'vitest';
import { timers } from '../src/timers.js';

/**
 * Fakes the platform's timers until the test ends, and those that keepfit has taken from it when it was loaded:
 * for what keepfit itself waits for.
 */
export function fakeTimers(): void {
  const real = { ...timers };
  vi.useFakeTimers();
  const { setTimeout, clearTimeout, performance } = globalThis;
  Object.assign(timers, { setTimeout, clearTimeout, now: () => performance.now() });
  onTestFinished(() => {
    vi.useRealTimers();
    Object.assign(timers, real);
  });
}
