import type { Machine, ProcessIdentity } from '../../src/system/machine.js';

/** A machine on which exactly the given processes run: pid → start time. It never really waits; `pauses` are the times asked for. */
export function fakeHost(
  self: Partial<ProcessIdentity> = {},
  running: Record<number, string | null> = { 100: '5000' },
  isWindows = false,
): Machine & { pauses: number[] } {
  const pauses: number[] = [];
  return {
    isWindows,
    pauses,
    self: async () => ({ host: 'alpha', bootId: 'boot-1', pid: 100, startTime: '5000', ...self }),
    startTimeOf: async (pid) => running[pid],
    pause: async (milliseconds) => void pauses.push(milliseconds),
  };
}
