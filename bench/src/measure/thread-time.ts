import { readFileSync } from 'node:fs';

/** Milliseconds that the main thread has worked so far, to a few. Elsewhere than on Linux: all threads of the process. */
export function threadTime(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}
