import type { Host, ProcessIdentity } from '../../src/system/host.js';

/** A host on which exactly the given processes run: pid → start time. It does not wait; `pauses` has the times it was asked to wait. */
export function fakeHost(
  self: Partial<ProcessIdentity> = {},
  running: Readonly<Record<number, string | undefined>> = { 100: '5000' },
  isWindows = false,
): Host & { pauses: number[] } {
  const pauses: number[] = [];
  return {
    isWindows,
    pauses,
    identify: async () => ({ host: 'alpha', bootId: 'boot-1', pid: 100, startTime: '5000', ...self }),
    findProcess: async (pid) => (pid in running ? { startTime: running[pid] } : undefined),
    pause: async (milliseconds) => void pauses.push(milliseconds),
  };
}
