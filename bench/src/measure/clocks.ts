import { readFileSync } from 'node:fs';

/**
 * Returns the main thread's CPU time so far, in milliseconds, to a few. On systems other than Linux: that of
 * all threads.
 */
export function getThreadTime(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return getCpuTime();
  }
}

/**
 * Returns the CPU time of this process so far, in milliseconds. Other programs on the machine do not count.
 */
export function getCpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
